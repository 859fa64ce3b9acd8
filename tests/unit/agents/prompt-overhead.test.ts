import { expect, it } from 'vitest';
import { measuredTurns, promptOverhead } from '../../../bench/prompt-overhead.ts';

const LIMITS: Readonly<Record<string, number>> = {
	'first answer': 350,
	'evaluation, lenient': 500,
	'evaluation, balanced': 500,
	'evaluation, strict': 500,
};

it.each(Object.entries(LIMITS))('%s costs at most %i tokens of coordination', (name, limit) => {
	const turn = measuredTurns[name];
	expect(turn && promptOverhead(turn).total).toBeLessThanOrEqual(limit);
	expect(turn && promptOverhead(turn).total).toBeGreaterThan(100);
});
