import { describe, expect, it } from 'vitest';
import { type Finding, findingsTable } from '../../../bench/findings.ts';

const rowOf = (finding: Partial<Finding>) => {
	const table = findingsTable([{ what: 'cost', value: 1, unit: 'ms', goal: null, ...finding }]);
	return table.split('\n').at(-1);
};

describe('the table of findings', () => {
	it.each([
		['a figure at its limit', { value: 1.05, goal: { limit: 1.05 } }, '| cost | 1.05 ms | at most 1.05 | yes |  |'],
		['one above it', { value: 1.06, goal: { limit: 1.05 } }, '| cost | 1.06 ms | at most 1.05 | **no** |  |'],
		[
			'one that has to be reached',
			{ value: 0.9, goal: { limit: 1, atLeast: true } },
			'| cost | 0.90 ms | at least 1 | **no** |  |',
		],
		['one without a goal', { value: 33.3, digits: 1, beside: 'floor: 0.2' }, '| cost | 33.3 ms |  |  | floor: 0.2 |'],
		[
			'one that could not be measured',
			{ value: Number.NaN, goal: { limit: 1 } },
			'| cost | not measured | at most 1 | **no** |  |',
		],
	])('says of %s whether it will do', (_title, finding, row) => {
		expect(rowOf(finding)).toBe(row);
	});
});
