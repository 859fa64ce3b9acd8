import { z } from 'zod';
import { type Recalled, recalledSchema } from '../core/memory.ts';
import { allRecords, type Store, type StoreChange, untilCommitted } from '../core/store.ts';

const RECALLED = 'memory-recalled';
const recordSchema = z.object({
	memories: z.array(recalledSchema),
	/** Whether some of them are gone or put right since: then its answer may tell what is not to be known any more. */
	isScrubbed: z.boolean(),
});
type RecalledRecord = z.infer<typeof recordSchema>;

/**
 * What a run was given stands in a record of its own: a journal can only grow, and what is forgotten must go. None for a
 * run that was given nothing.
 */
export function recalledChange(run: string, memories: readonly Recalled[]): StoreChange[] {
	if (memories.length === 0) return [];
	const value: RecalledRecord = { memories: [...memories], isScrubbed: false };
	return [{ type: 'put', kind: RECALLED, key: run, value }];
}

/** The change after which it is not kept any more what a run was given. */
export const recalledForgotten = (run: string): StoreChange => ({ type: 'delete', kind: RECALLED, key: run });

/** What a run was given and is not forgotten since. */
export async function readRecalled(store: Store, run: string): Promise<RecalledRecord> {
	const found = await store.get(RECALLED, run);
	return found === null ? { memories: [], isScrubbed: false } : recordSchema.parse(found.value);
}

/** Takes memories out of everything that runs were given; the runs. */
export async function scrubRecalled(store: Store, isGone: (memory: Recalled) => boolean): Promise<string[]> {
	const runs: string[] = [];
	for await (const { key } of allRecords(store, RECALLED)) if (await scrubRun(store, key, isGone)) runs.push(key);
	return runs;
}

const scrubRun = (store: Store, run: string, isGone: (memory: Recalled) => boolean): Promise<boolean> =>
	untilCommitted(async () => {
		const found = await store.get(RECALLED, run);
		if (found === null) return false;
		const { memories } = recordSchema.parse(found.value);
		const left = memories.filter((memory) => !isGone(memory));
		if (left.length === memories.length) return false;
		const value: RecalledRecord = { memories: left, isScrubbed: true };
		await store.commit([{ type: 'put', kind: RECALLED, key: run, value, version: found.version }]);
		return true;
	}, Number.POSITIVE_INFINITY);
