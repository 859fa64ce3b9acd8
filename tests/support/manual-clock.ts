import type { Clock } from '../../src/core/clock.ts';

interface Timer {
	at: number;
	fire: () => void;
}

export interface ManualClock extends Clock {
	/**
	 * Moves time on by `ms`. Timers that fall due fire one by one in the order of their time, each with `now()` at
	 * its own time; promises and sockets get a go before the first and after each. Work that a timer starts may set
	 * further timers, which fire too when they are due.
	 */
	advance(ms: number): Promise<void>;
	/** Timers that wait. */
	pending(): number;
}

/** Lets everything run that waits for nothing but its turn in the event loop. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Time that stands still until a test moves it. `start` is in milliseconds since the epoch. */
export function createManualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
	let now = start;
	const timers = new Set<Timer>();

	const next = (until: number) => {
		let first: Timer | null = null;
		for (const timer of timers) {
			if (timer.at <= until && (first === null || timer.at < first.at)) first = timer;
		}
		return first;
	};

	return {
		now: () => now,
		after(ms, fire) {
			const timer: Timer = { at: now + Math.max(0, ms), fire };
			timers.add(timer);
			return () => void timers.delete(timer);
		},
		async advance(ms) {
			const until = now + ms;
			await breathe();
			for (let timer = next(until); timer !== null; timer = next(until)) {
				timers.delete(timer);
				now = Math.max(now, timer.at);
				timer.fire();
				await breathe();
			}
			now = until;
		},
		pending: () => timers.size,
	};
}
