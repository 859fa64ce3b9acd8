import { z } from 'zod';
import { type Recalled, recalledSchema } from '../core/memory.ts';
import { allRecords, type Store, type StoreChange, untilCommitted } from '../core/store.ts';

const RECALLED = 'memory-recalled';
const recordSchema = z.object({ memories: z.array(recalledSchema) });

/**
 * What a run was given stands in a record of its own: a journal can only grow, and what is forgotten must go. None for a
 * run that was given nothing.
 */
export function recalledChange(run: string, memories: readonly Recalled[]): StoreChange[] {
	return memories.length === 0 ? [] : [{ type: 'put', kind: RECALLED, key: run, value: { memories } }];
}

/** The change after which it is not kept any more what a run was given. */
export const recalledForgotten = (run: string): StoreChange => ({ type: 'delete', kind: RECALLED, key: run });

/** What a run was given and is not forgotten since. */
export async function readRecalled(store: Store, run: string): Promise<Recalled[]> {
	const found = await store.get(RECALLED, run);
	return found === null ? [] : recordSchema.parse(found.value).memories;
}

/** Takes memories out of everything that runs were given; the runs. */
export async function scrubRecalled(store: Store, ids: ReadonlySet<string>): Promise<string[]> {
	const runs: string[] = [];
	for await (const { key } of allRecords(store, RECALLED)) if (await scrubRun(store, key, ids)) runs.push(key);
	return runs;
}

const scrubRun = (store: Store, run: string, ids: ReadonlySet<string>): Promise<boolean> =>
	untilCommitted(async () => {
		const found = await store.get(RECALLED, run);
		if (found === null) return false;
		const { memories } = recordSchema.parse(found.value);
		const left = memories.filter(({ id }) => !ids.has(id));
		if (left.length === memories.length) return false;
		const { version } = found;
		const change: StoreChange =
			left.length === 0
				? { type: 'delete', kind: RECALLED, key: run, version }
				: { type: 'put', kind: RECALLED, key: run, value: { memories: left }, version };
		await store.commit([change]);
		return true;
	}, Number.POSITIVE_INFINITY);
