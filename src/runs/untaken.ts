import { allRecords, type Store } from '../core/store.ts';
import { DISPATCHES } from './dispatch-record.ts';
import type { Leases } from './leases.ts';

export interface UntakenOptions {
	store: Store;
	leases: Pick<Leases, 'isFree'>;
	/** So many runs are work for workers, and none has taken them. Told once, until there are no such runs. */
	onUntaken(count: number): void;
}

/** Looks for runs that no worker takes. Those that it has found free twice in a row are told of. */
export function createUntakenWatch({ store, leases, onUntaken }: UntakenOptions): () => Promise<void> {
	let before: ReadonlySet<string> = new Set();
	let told = false;
	return async () => {
		const free = new Set<string>();
		for await (const { key: run } of allRecords(store, DISPATCHES)) if (await leases.isFree(run)) free.add(run);
		const count = [...free].filter((run) => before.has(run)).length;
		before = free;
		if (count > 0 && !told) onUntaken(count);
		told = count > 0;
	};
}
