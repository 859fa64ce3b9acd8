import { describe, expect, it } from 'vitest';
import { sleep } from '../../../src/core/clock.ts';
import { createManualClock } from '../../support/manual-clock.ts';

describe('a manual clock', () => {
	it('stands still until it is moved', async () => {
		const clock = createManualClock(1_000);
		expect(clock.now()).toBe(1_000);
		await clock.advance(250);
		expect(clock.now()).toBe(1_250);
	});

	it('fires timers in the order of their time, each at its time, and only those that are due', async () => {
		const clock = createManualClock(0);
		const fired: [string, number][] = [];
		for (const [name, ms] of [
			['late', 30],
			['early', 10],
			['too late', 31],
			['also early', 10],
		] as const) {
			clock.after(ms, () => fired.push([name, clock.now()]));
		}
		await clock.advance(30);
		expect(fired).toEqual([
			['early', 10],
			['also early', 10],
			['late', 30],
		]);
		expect(clock.pending()).toBe(1);
	});

	it('fires timers that are set on the way', async () => {
		const clock = createManualClock(0);
		const woken: number[] = [];
		const task = (async () => {
			for (let round = 0; round < 3; round++) {
				await sleep(clock, 10, new AbortController().signal);
				woken.push(clock.now());
			}
		})();
		await clock.advance(30);
		await task;
		expect(woken).toEqual([10, 20, 30]);
	});

	it('forgets a timer that is cancelled', async () => {
		const clock = createManualClock();
		const cancel = clock.after(5, () => expect.unreachable());
		cancel();
		expect(clock.pending()).toBe(0);
		await clock.advance(10);
	});
});
