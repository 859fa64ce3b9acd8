import type { Approval } from '../core/approval.ts';
import type { Stored } from './records.ts';

/** Those who want to know what changes in a run's requests. Each state is told once to each of them. */
export interface Watchers {
	watch(run: string, changed: (approval: Approval) => void): () => void;
	/** Tells a state to those who have not heard of it, or of a later one. */
	tell(stored: Stored): void;
	runs(): readonly string[];
}

export function createWatchers(): Watchers {
	const all = new Map<string, Set<{ heard: Map<string, number>; changed(approval: Approval): void }>>();
	return {
		watch(run, changed) {
			const watcher = { heard: new Map<string, number>(), changed };
			const those = all.get(run) ?? new Set();
			all.set(run, those.add(watcher));
			return () => {
				those.delete(watcher);
				if (those.size === 0 && all.get(run) === those) all.delete(run);
			};
		},
		tell({ approval, version }) {
			for (const { heard, changed } of [...(all.get(approval.run) ?? [])]) {
				if ((heard.get(approval.id) ?? 0) >= version) continue;
				heard.set(approval.id, version);
				changed(approval);
			}
		},
		runs: () => [...all.keys()],
	};
}
