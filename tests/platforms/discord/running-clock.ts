import type { Clock } from '../../../src/core/clock.ts';

export interface RunningClock extends Clock {
	/** Jumps `ms` milliseconds ahead; what falls due fires at once, in the order of its time. */
	advance(ms: number): void;
}

interface Timer {
	at: number;
	fire: () => void;
	handle: NodeJS.Timeout;
}

/** The machine's time, which a test may put forward: fifteen minutes pass in one call. */
export function createRunningClock(): RunningClock {
	let ahead = 0;
	const timers = new Set<Timer>();
	const now = () => Date.now() + ahead;

	function run(timer: Timer): void {
		clearTimeout(timer.handle);
		if (timers.delete(timer)) timer.fire();
	}

	return {
		now,
		after(ms, fire) {
			const timer: Timer = { at: now() + ms, fire, handle: setTimeout(() => run(timer), ms) };
			timer.handle.unref();
			timers.add(timer);
			return () => {
				clearTimeout(timer.handle);
				timers.delete(timer);
			};
		},
		advance(ms) {
			ahead += ms;
			const due = [...timers].filter((timer) => timer.at <= now()).sort((a, b) => a.at - b.at);
			for (const timer of due) run(timer);
		},
	};
}
