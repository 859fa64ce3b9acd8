import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitted, padded } from '../../../../../src/adapters/gateways/terminal/fit-text.ts';
import { safeText } from '../../../../../src/adapters/gateways/terminal/safe-text.ts';
import { widthOf } from '../../../../../src/adapters/gateways/terminal/text-width.ts';

describe('the width of a text', () => {
	it.each([
		['plain', 5],
		['日本語', 6],
		['한국어', 6],
		['ｆｕｌｌ', 8],
		['🚀', 2],
		['👩‍👩‍👧', 2],
		['👍🏽', 2],
		['🇩🇪', 2],
		['❤️', 2],
		['é', 1],
		['e\u0301', 1],
		['⠹✓★…', 4],
		['\u200d', 0],
		['', 0],
	])('of %j is %i', (text, width) => {
		expect(widthOf(text)).toBe(width);
	});
});

describe('a line that has to fit', () => {
	it('is left alone when it does', () => {
		expect(fitted([['ab'], ['cd']], 4)).toBe('abcd');
	});

	it('ends in … when it does not, and never in half a character', () => {
		expect(fitted([['ab'], ['cd']], 3)).toBe('ab…');
		expect(fitted([['日本語']], 4)).toBe('日…');
		expect(fitted([['x👩‍👩‍👧y']], 3)).toBe('x…');
	});

	it('is one line without control codes, and painted piece by piece', () => {
		expect(fitted([['a\n\tb\u001b[2J', (text) => `<${text}>`], ['c']], 80)).toBe('<a b>c');
	});

	it('has exactly the width asked for when padded', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, width) => {
				expect(widthOf(padded(text, width))).toBe(width);
				expect(widthOf(fitted([[text], [text]], width))).toBeLessThanOrEqual(width);
				expect(safeText(padded(text, width))).toBe(padded(text, width));
			}),
		);
	});
});
