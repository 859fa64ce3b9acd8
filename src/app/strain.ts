import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** How finely the delay of the event loop is measured, in milliseconds. */
const RESOLUTION_MS = 20;
/** It is looked at over so many milliseconds: one long pause is not strain. */
const WINDOW_MS = 5_000;
/** Half of all turns of the event loop are later than this, in milliseconds. */
const LATE_MS = 250;
/** So much of the heap that the process may have is in use. */
const HEAP = 0.85;

/** Whether this process has more to do than it can, so that what goes on would suffer from more. */
export function createStrain(): { isStrained(): boolean; stop(): void } {
	const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	delay.enable();
	let since = performance.now();
	let isLate = false;
	const look = () => {
		if (performance.now() - since < WINDOW_MS) return;
		since = performance.now();
		isLate = delay.count > 0 && delay.percentile(50) / 1e6 > LATE_MS;
		delay.reset();
	};
	return {
		isStrained() {
			look();
			const { used_heap_size: used, heap_size_limit: most } = getHeapStatistics();
			return isLate || used > HEAP * most;
		},
		stop: () => void delay.disable(),
	};
}
