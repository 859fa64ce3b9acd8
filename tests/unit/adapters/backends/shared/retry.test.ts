import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../../../../src/adapters/backends/shared/retry-after.ts';
import { retryDelay } from '../../../../../src/adapters/backends/shared/retry-delay.ts';

const NOW = Date.UTC(2026, 0, 1);

describe('the wait a response asks for', () => {
	it.each<[Record<string, string>, number | null]>([
		[{}, null],
		[{ 'retry-after': '7' }, 7_000],
		[{ 'retry-after': '0.25' }, 250],
		[{ 'retry-after': '0' }, 0],
		[{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
		[{ 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }, 0],
		[{ 'retry-after-ms': '120', 'retry-after': '1' }, 120],
		[{ 'retry-after': 'soon' }, null],
		[{ 'retry-after': '-5' }, expect.toSatisfy((ms) => ms === null || ms >= 0)],
	])('in %j is %s ms', (headers, ms) => {
		expect(retryAfterMs(new Headers(headers), NOW)).toEqual(ms);
	});

	it('is unknown without headers', () => {
		expect(retryAfterMs(undefined, NOW)).toBeNull();
	});
});

describe('the wait before the next try', () => {
	const failure = { retryable: true, retryAfterMs: null };

	it('is random between nothing and a limit that doubles up to 8 seconds', () => {
		const limits = [1, 2, 3, 4, 5, 6, 50].map((tried) => retryDelay(failure, tried, () => 0.999_999));
		expect(limits).toEqual([499, 999, 1_999, 3_999, 7_999, 7_999, 7_999]);
		expect(retryDelay(failure, 5, () => 0)).toBe(0);
	});

	it('is what the provider asked for, up to a minute', () => {
		expect(retryDelay({ ...failure, retryAfterMs: 60_000 }, 1, () => 0)).toBe(60_000);
		expect(retryDelay({ ...failure, retryAfterMs: 60_001 }, 1, () => 0)).toBeNull();
	});

	it('is none when trying again cannot help', () => {
		expect(retryDelay({ retryable: false, retryAfterMs: 5 }, 1, () => 0)).toBeNull();
	});

	it('is always a whole number of milliseconds between 0 and a minute', () => {
		const wait = fc.option(fc.nat({ max: 60_000 }));
		fc.assert(
			fc.property(
				wait,
				fc.integer({ min: 1, max: 2_000 }),
				fc.double({ min: 0, max: 0.999_999, noNaN: true }),
				(asked, tried, random) => {
					const delay = retryDelay({ retryable: true, retryAfterMs: asked }, tried, () => random);
					expect(delay).toSatisfy((ms: number) => Number.isInteger(ms) && ms >= 0 && ms <= 60_000);
				},
			),
		);
	});
});
