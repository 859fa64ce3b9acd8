import type { Clock } from '../../../core/clock.ts';

/** Calls `tick` soon after it is asked to, and then again and again for as long as `tick` returns true. */
export interface Ticker {
	soon(): void;
	stop(): void;
}

/** `ms`: between two ticks in a row. */
export function createTicker(clock: Clock, ms: number, tick: () => boolean): Ticker {
	let cancel: (() => void) | null = null;
	let stopped = false;

	function run(): void {
		cancel = null;
		if (tick() && !stopped) cancel ??= clock.after(ms, run);
	}

	return {
		soon() {
			if (!stopped) cancel ??= clock.after(0, run);
		},
		stop() {
			stopped = true;
			cancel?.();
		},
	};
}
