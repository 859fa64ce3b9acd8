import type { Clock } from './core/clock.ts';

/** Longest delay one Node timer can hold, in milliseconds (2^31 - 1); a longer one would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's time. */
export const systemClock: Clock = {
	now: () => Date.now(),
	after(ms, fire) {
		const due = Date.now() + ms;
		let timer: NodeJS.Timeout;
		const arm = () => {
			const left = due - Date.now();
			timer = left > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(fire, Math.max(0, left));
		};
		arm();
		return () => clearTimeout(timer);
	},
};
