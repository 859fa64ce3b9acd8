import { describe, expect, it } from 'vitest';
import { growthExponent, median, quantile } from '../../../bench/statistics.ts';

describe('the statistics of the bench', () => {
	it('take the middle value, or the mean of the two in the middle', () => {
		expect(median([9, 1, 5])).toBe(5);
		expect(median([10, 9, 1, 2])).toBe(5.5);
		expect(median([])).toBeNaN();
	});

	it('take quantiles of values in any order', () => {
		const values = Array.from({ length: 100 }, (_, index) => 100 - index);
		expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([51, 100, 100]);
	});

	it.each([0.5, 1, 2])('find that something grows with the power %d', (power) => {
		const points = [2, 4, 8, 32].map((x) => ({ x, y: 3 * x ** power }));
		expect(growthExponent(points)).toBeCloseTo(power);
	});
});
