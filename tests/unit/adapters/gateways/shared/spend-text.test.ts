import { describe, expect, it } from 'vitest';
import { spendText } from '../../../../../src/adapters/gateways/shared/spend-text.ts';
import { timeText } from '../../../../../src/adapters/gateways/shared/time-text.ts';
import { noSpend } from '../../../../../src/core/usage.ts';
import { pricedCall, spendOf, unpricedCall } from '../../../../support/run-events.ts';
import { strictEnglish } from '../../../../support/say.ts';

const say = await strictEnglish();

describe('what a run cost', () => {
	it.each([
		[0, '$0.00'],
		[99, '<$0.0001'],
		[12_345, '$0.0123'],
		[999_949, '$0.9999'],
		[999_950, '$1.00'],
		[12_345_678, '$12.35'],
	])('is, for %i millionths, %s', (costMicroUsd, text) => {
		expect(spendText({ ...noSpend, modelCalls: 1, costMicroUsd }, say)).toEqual(['1 model call', '0 tokens', text]);
	});

	it('is unknown, and never free, when a call has no price', () => {
		expect(spendText(spendOf([pricedCall, unpricedCall, pricedCall]), say)).toEqual([
			'3 model calls',
			'5,280 tokens',
			'unknown cost (1 of 3 calls unpriced)',
		]);
		const silent = { ...unpricedCall, usage: { ...unpricedCall.usage, outputTokens: null } };
		expect(spendText(spendOf([silent]), say)).toEqual([
			'1 model call',
			'unknown tokens',
			'unknown cost (1 of 1 call unpriced)',
		]);
	});
});

describe('how long it took', () => {
	it.each([
		[0, '0 s', '0 s'],
		[14_230, '14 s', '14.2 s'],
		[59_949, '59 s', '59.9 s'],
		[59_951, '1 min 0 s', '1 min 0 s'],
		[754_000, '12 min 34 s', '12 min 34 s'],
	])('is for %i ms: %s, exactly %s', (ms, rough, exact) => {
		expect([timeText(ms, say), timeText(ms, say, true)]).toEqual([rough, exact]);
	});
});
