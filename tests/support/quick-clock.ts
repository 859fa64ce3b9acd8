import type { Clock } from '../../src/core/clock.ts';

export interface QuickClock extends Clock {
	/** Jumps `ms` ahead of its own time; what falls due fires at once, in the order of its time. */
	advance(ms: number): void;
	/** The same, but what falls due fires only in its old time. */
	leap(ms: number): void;
}

interface Timer {
	at: number;
	fire: () => void;
	handle: NodeJS.Timeout;
}

/** The machine's time, `speed` times as fast: waits of minutes are over in seconds. */
export function createQuickClock(speed: number): QuickClock {
	const start = Date.now();
	let ahead = 0;
	const timers = new Set<Timer>();
	const now = () => start + Math.floor((Date.now() - start) * speed) + ahead;
	const run = (timer: Timer) => {
		clearTimeout(timer.handle);
		if (timers.delete(timer)) timer.fire();
	};
	return {
		now,
		after(ms, fire) {
			const timer: Timer = { at: now() + ms, fire, handle: setTimeout(() => run(timer), ms / speed) };
			timers.add(timer);
			return () => {
				clearTimeout(timer.handle);
				timers.delete(timer);
			};
		},
		leap(ms) {
			ahead += ms;
		},
		advance(ms) {
			ahead += ms;
			const due = [...timers].filter(({ at }) => at <= now()).sort((a, b) => a.at - b.at);
			for (const timer of due) run(timer);
		},
	};
}
