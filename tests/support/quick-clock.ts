import type { Clock } from '../../src/core/clock.ts';

/** The machine's time, `speed` times as fast: waits of minutes are over in seconds. */
export function createQuickClock(speed: number): Clock {
	const start = Date.now();
	return {
		now: () => start + Math.floor((Date.now() - start) * speed),
		after(ms, fire) {
			const timer = setTimeout(fire, ms / speed);
			return () => clearTimeout(timer);
		},
	};
}
