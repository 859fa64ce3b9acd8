import type { Clock } from '../../../core/clock.ts';

/** Failures in a row after which a server is left alone. */
const FAILURES = 3;
/** For how long at first, in milliseconds; it doubles each time, up to eight times as long. */
const PAUSE_MS = 60_000;
const LONGEST_MS = 8 * PAUSE_MS;

/** Keeps calls away from a server that fails. */
export interface Breaker {
	/** Milliseconds until the server may be tried again; 0: now. */
	wait(): number;
	failed(): void;
	succeeded(): void;
}

export function createBreaker(clock: Clock): Breaker {
	let failures = 0;
	let pause = PAUSE_MS;
	let until = 0;
	return {
		wait: () => Math.max(0, until - clock.now()),
		failed() {
			failures += 1;
			if (failures < FAILURES) return;
			until = clock.now() + pause;
			pause = Math.min(pause * 2, LONGEST_MS);
		},
		succeeded() {
			failures = 0;
			pause = PAUSE_MS;
			until = 0;
		},
	};
}
