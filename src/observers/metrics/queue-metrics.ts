import type { RunLimit } from '../../runs/run-places.ts';
import type { Registry } from './registry.ts';

/** Seconds that a question waits for a place. */
const WAIT_SECONDS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];

/** The limit of runs at a time, with what waits counted and timed. */
export function countedLimit(most: number, registry: Registry, isStrained: () => boolean): RunLimit {
	let queued = 0;
	registry.gauge('massgen_runs_queued', 'Conversations that wait for a place for their run.', () => [[{}, queued]]);
	registry.gauge('massgen_runs_limit', 'Runs that go on at a time at most.', () => [[{}, most]]);
	const waits = registry.histogram(
		'massgen_run_queue_wait_seconds',
		'How long what had to wait for a place has waited.',
		WAIT_SECONDS,
	);
	return {
		most,
		isStrained,
		onBegun: (waitedMs) => waits.record({}, waitedMs / 1_000),
		onLine(size) {
			queued = size;
		},
	};
}
