import type { Clock } from '../../../src/core/clock.ts';

/** A clock that jumps to each timer as soon as it is set: for one waiter at a time. */
export function createJumpingClock(): Clock {
	let now = 0;
	return {
		now: () => now,
		after(ms, fire) {
			let cancelled = false;
			queueMicrotask(() => {
				if (cancelled) return;
				now += ms;
				fire();
			});
			return () => {
				cancelled = true;
			};
		},
	};
}

/** A clock that stands still until `advance`. */
export function createHandClock(): Clock & { advance(ms: number): void } {
	let now = 0;
	const timers = new Set<{ at: number; fire: () => void }>();
	return {
		now: () => now,
		after(ms, fire) {
			const timer = { at: now + ms, fire };
			timers.add(timer);
			return () => timers.delete(timer);
		},
		advance(ms) {
			now += ms;
			for (const timer of timers) {
				if (timer.at > now) continue;
				timers.delete(timer);
				timer.fire();
			}
		},
	};
}
