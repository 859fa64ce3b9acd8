import { z } from 'zod';
import type { Lease } from '../core/lease.ts';
import { allRecords, type Store, type StoreChange } from '../core/store.ts';

const SLOTS = 'slots';
/** Runs whose thread may not be shown to the end. */
const SHOWING = 'showing';

const recordSchema = z.object({
	/** The platform's id by slot; null: it was begun to be posted. */
	slots: z.record(z.string(), z.string().nullable()),
});
type SlotRecord = z.infer<typeof recordSchema>;

/** Which platform message shows which slot of one run's thread, written before and after it is posted. */
export interface SlotRecords {
	/** What is known, by slot; null: begun, outcome unknown. */
	load(): Promise<ReadonlyMap<string, string | null>>;
	/** The slot is about to be posted. Durable when it resolves. */
	opening(key: string): Promise<void>;
	/** The slot is shown by this message of the platform. */
	opened(key: string, id: string): Promise<void>;
	/** The slot is shown no more. */
	removed(key: string): Promise<void>;
	/** The run has ended and its thread shows all of it. */
	complete(): Promise<void>;
}

/** `lease`: under which it is shown; nothing is written once another process has it. Null: under none. */
export function createSlotRecords(store: Store, run: string, lease: () => Lease | null = () => null): SlotRecords {
	let record: SlotRecord = { slots: {} };
	let last: Promise<unknown> = Promise.resolve();
	let isListed = false;

	const fenced = async (changes: readonly StoreChange[]): Promise<void> => {
		const held = lease();
		try {
			await store.commit(held === null ? changes : [held.check, ...changes]);
		} catch (thrown) {
			throw (await held?.explain(thrown)) ?? thrown;
		}
	};

	const write = (slots: SlotRecord['slots']): Promise<void> => {
		record = { slots };
		const changes: StoreChange[] = [{ type: 'put', kind: SLOTS, key: run, value: record }];
		if (!isListed) changes.push({ type: 'put', kind: SHOWING, key: run, value: {} });
		const written = last.then(async () => {
			await fenced(changes);
			isListed = true;
		});
		last = written.catch(() => {});
		return written;
	};

	return {
		async load() {
			const found = await store.get(SLOTS, run);
			if (found !== null) record = recordSchema.parse(found.value);
			return new Map(Object.entries(record.slots));
		},
		opening: (key) => write({ ...record.slots, [key]: null }),
		opened: (key, id) => write({ ...record.slots, [key]: id }),
		removed: (key) => write(Object.fromEntries(Object.entries(record.slots).filter(([other]) => other !== key))),
		async complete() {
			await last;
			isListed = false;
			await fenced([{ type: 'delete', kind: SHOWING, key: run }]);
		},
	};
}

/** The changes after which nobody knows any more where a run is shown. */
export const slotsForgotten = (run: string): StoreChange[] =>
	[SLOTS, SHOWING].map((kind) => ({ type: 'delete', kind, key: run }));

/** Runs whose thread may not be shown to the end, in the order of their ids. */
export async function incompleteThreads(store: Store): Promise<readonly string[]> {
	const runs: string[] = [];
	for await (const { key } of allRecords(store, SHOWING)) runs.push(key);
	return runs;
}
