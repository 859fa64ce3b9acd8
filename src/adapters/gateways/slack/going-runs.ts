import { EDIT_INTERVAL_MS, EDIT_INTERVAL_PER_RUN_MS } from './limits.ts';

/** Counts the runs that are going, by workspace. */
export interface GoingRuns {
	set(team: string, run: string | null, isGoing: boolean): void;
	/** Shortest time between two edits of one message, in ms, with which the busiest workspace keeps to its limits. */
	editIntervalMs(): number;
}

export function createGoingRuns(): GoingRuns {
	const going = new Map<string, Set<string>>();
	return {
		set(team, run, isGoing) {
			if (run === null) return;
			const runs = going.get(team) ?? new Set();
			if (isGoing) runs.add(run);
			else runs.delete(run);
			going.set(team, runs);
		},
		editIntervalMs() {
			const most = Math.max(0, ...[...going.values()].map(({ size }) => size));
			return Math.max(EDIT_INTERVAL_MS, EDIT_INTERVAL_PER_RUN_MS * most);
		},
	};
}
