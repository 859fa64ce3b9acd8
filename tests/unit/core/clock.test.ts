import { describe, expect, it } from 'vitest';
import { endable } from '../../../src/core/clock.ts';
import { createManualClock } from '../../support/manual-clock.ts';

describe('a clock that can be ended', () => {
	it('fires what is due, and can cancel one timer', async () => {
		const time = createManualClock();
		const { clock } = endable(time);
		const fired: string[] = [];
		clock.after(10, () => fired.push('first'));
		clock.after(20, () => fired.push('cancelled'))();
		await time.advance(30);
		expect([fired, time.pending(), clock.now()]).toEqual([['first'], 0, time.now()]);
	});

	it('leaves no timer behind when it ends, and takes none afterwards', async () => {
		const time = createManualClock();
		const { clock, end } = endable(time);
		const fired: string[] = [];
		clock.after(10, () => fired.push('late'));
		end();
		clock.after(10, () => fired.push('later'));
		expect(time.pending()).toBe(0);
		await time.advance(30);
		expect(fired).toEqual([]);
	});
});
