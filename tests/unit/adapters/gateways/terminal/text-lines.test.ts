import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Page } from '../../../../../src/adapters/gateways/terminal/page.ts';
import { createStyle } from '../../../../../src/adapters/gateways/terminal/style.ts';
import { textLines } from '../../../../../src/adapters/gateways/terminal/text-lines.ts';
import { widthOf } from '../../../../../src/adapters/gateways/terminal/text-width.ts';

const pageOf = (width: number, colours = false): Page => ({
	width,
	say: (key) => key,
	style: createStyle({ colours, plainSigns: false }),
});
const bold = (text: string) => `\u001b[1m${text}\u001b[22m`;
const cyan = (text: string) => `\u001b[36m${text}\u001b[39m`;

describe('a text on a page', () => {
	it('breaks between words', () => {
		expect(textLines('the quick brown fox', pageOf(10))).toEqual(['the quick', 'brown fox']);
		expect(textLines('the quick brown', pageOf(9))).toEqual(['the quick', 'brown']);
	});

	it('breaks a word that is longer than a line, and Chinese or Japanese anywhere', () => {
		expect(textLines('aaaaaaaaaaaa b', pageOf(5))).toEqual(['aaaaa', 'aaaaa', 'aa b']);
		expect(textLines('漢字かな交じり', pageOf(5))).toEqual(['漢字', 'かな', '交じ', 'り']);
	});

	it('keeps empty lines and puts the rest of a list item under its text', () => {
		expect(textLines('- one two three\n\n12. four five six', pageOf(10))).toEqual([
			'- one two',
			'  three',
			'',
			'12. four',
			'    five',
			'    six',
		]);
	});

	it('cuts code at the edge only, or leaves it whole for a person to copy', () => {
		const code = '```js\nconst a  =  1;\n```';
		expect(textLines(code, pageOf(8))).toEqual(['```js', 'const a ', ' =  1;', '```']);
		expect(textLines(code, pageOf(8), { whole: true })).toEqual(['```js', 'const a  =  1;', '```']);
		expect(textLines('| a | b | c | d |', pageOf(8), { whole: true })).toEqual(['| a | b | c | d |']);
	});

	it('shows headings, bold, code and emphasis in colours, across a break too', () => {
		expect(textLines('## Two words', pageOf(20, true))).toEqual([bold('Two words')]);
		expect(textLines('a **b c** `d*e*`', pageOf(3, true))).toEqual([
			`a ${bold('b')}`,
			bold('c'),
			cyan('d*e'),
			cyan('*'),
		]);
		expect(textLines('2 * 3 * 4 **', pageOf(40, true))).toEqual(['2 * 3 * 4 **']);
	});

	it('leaves the signs where there are no colours, and everything on a pipe', () => {
		expect(textLines('## a **b** c', pageOf(40))).toEqual(['## a **b** c']);
		expect(textLines('a\tb\n  `c`  ', pageOf(Number.POSITIVE_INFINITY))).toEqual(['a\tb', '  `c`']);
	});

	it('never has a line that is too wide, and loses no word', () => {
		const text = fc
			.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.lorem(), fc.constantFrom('\n', '- ', '  ', '漢字', '🚀')))
			.map((all) => all.join(' '));
		fc.assert(
			fc.property(text, fc.integer({ min: 4, max: 60 }), (source, width) => {
				const lines = textLines(source, pageOf(width));
				for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
				const letters = (value: string) => value.replace(/\P{L}/gu, '');
				expect(letters(lines.join(''))).toBe(letters(source));
			}),
		);
	});
});
