import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { splitMarkdown } from '../../../../../src/adapters/gateways/shared/split-markdown.ts';
import { isWhole, openFenceOf } from './fence-scan.ts';
import { HARD_CHARACTERS, markdownText } from './markdown-texts.ts';

const limits = fc.integer({ min: 64, max: 400 });
const words = (count: number, word = 'word') => Array.from({ length: count }, (_, n) => `${word}${n}`).join(' ');
const lines = (count: number, line: string) => Array.from({ length: count }, (_, n) => `${line} ${n}\n`).join('');

describe('where a text is split', () => {
	it('is nowhere if it fits', () => {
		expect(splitMarkdown('short', 64)).toEqual(['short']);
		expect(splitMarkdown('a'.repeat(64), 64)).toEqual(['a'.repeat(64)]);
		expect(splitMarkdown(`\`\`\`js\n${'a'.repeat(54)}\n\`\`\``, 64)).toHaveLength(1);
		expect(splitMarkdown('', 64)).toEqual([]);
	});

	it('is between paragraphs', () => {
		const [one, two] = [`${words(12)}\n${words(12)}\n\n`, `${words(12)}\n`];
		expect(splitMarkdown(one + two, 200)).toEqual([one, two]);
	});

	it('is between lines if no paragraph ends in the second half', () => {
		const items = lines(12, '- an item of a list');
		const parts = splitMarkdown(`A list:\n\n${items}`, 200);
		expect(parts.length).toBeGreaterThan(1);
		for (const part of parts) expect(part).toMatch(/\d\n$/);
	});

	it('is between sentences if there is only one line', () => {
		const text = 'This is a sentence, and it has some words. '.repeat(10).trim();
		const parts = splitMarkdown(text, 200);
		for (const part of parts.slice(0, -1)) expect(part).toMatch(/words\. $/);
		expect(splitMarkdown('挿入ソートは短い列に向いています。'.repeat(20), 100)[0]).toMatch(/。$/);
	});

	it('is between words if there is no sentence', () => {
		for (const part of splitMarkdown(words(100), 100)) expect(part).toMatch(/^word\d+.*\d ?$/);
	});

	it('is in front of a long address rather than inside it', () => {
		const address = `https://example.org/${'x'.repeat(150)}`;
		expect(splitMarkdown(`See ${address}!`, 172)).toEqual(['See ', `${address}!`]);
	});

	it('is anywhere in a text without spaces, but in no character', () => {
		for (const character of HARD_CHARACTERS) {
			const parts = splitMarkdown(`-${character.repeat(50)}`, 64);
			for (const part of parts) expect(part.replace('-', '')).toMatch(new RegExp(`^(?:${character})+$`));
		}
	});

	it('leaves no heading alone at the end of a part', () => {
		const text = `${words(20)}\n\n## A heading\n\n${words(30)}`;
		expect(splitMarkdown(text, 200)[1]).toMatch(/^## A heading/);
	});

	it('is between two code points where one character is longer than a part', () => {
		const parts = splitMarkdown(`e${'\u0301'.repeat(99)}`, 64);
		expect(parts.map(({ length }) => length)).toEqual([64, 36]);
		const family = splitMarkdown(`👩${'\u200d👩'.repeat(60)}`, 64);
		expect(family.join('').isWellFormed() && family.every((part) => part.isWellFormed())).toBe(true);
	});

	it('gives no part to white space', () => {
		const parts = splitMarkdown(`one${'\n'.repeat(300)}two${' '.repeat(300)}`, 64);
		expect(parts.map((part) => part.trim())).toEqual(['one', 'two']);
		expect(splitMarkdown(' \n'.repeat(100), 64)).toEqual([]);
	});

	it('needs 64 code units or more', () => {
		for (const limit of [63, 0, -1, 100.5, Number.NaN, Number.POSITIVE_INFINITY]) {
			expect(() => splitMarkdown('text', limit)).toThrow(`must be allowed 64 code units or more, not ${limit}`);
		}
	});
});

describe('a code fence', () => {
	it('stays in one part if it fits into one', () => {
		const block = `\`\`\`js\n${lines(9, 'const a =')}\`\`\`\n`;
		const parts = splitMarkdown(`Look:\n${block}${words(10)}`, 120);
		expect(parts).toEqual(['Look:\n', block, words(10)]);
	});

	it.each([
		['```js', '```'],
		['````md title="a b"', '````'],
		['~~~', '~~~'],
		['  ```py', '  ```'],
		['\t~~~~ sh', '\t~~~~'],
	])('that is cut in two is closed and opened again: %s', (opening, closing) => {
		const parts = splitMarkdown(`${opening}\n${lines(12, 'const a =')}${closing}`, 100);
		expect(parts.length).toBeGreaterThan(1);
		for (const part of parts) {
			expect(part.startsWith(`${opening}\nconst a =`)).toBe(true);
			expect(part.endsWith(`\n${closing}`)).toBe(true);
		}
	});

	it('is cut between lines, and never beside its first or last one', () => {
		const parts = splitMarkdown(`${words(14)}\n\`\`\`js\n${lines(11, 'let a =')}\`\`\`\n${words(5)}`, 100);
		for (const part of parts) expect(part).not.toMatch(/```js\n```/);
		expect(parts.join('')).toContain('let a = 10\n```');
	});

	it('goes on inside of a line that is longer than a part', () => {
		const parts = splitMarkdown(`\`\`\`\n${'x'.repeat(150)}\n\`\`\``, 100);
		expect(parts).toEqual([`\`\`\`\n${'x'.repeat(92)}\n\`\`\``, `\`\`\`\n${'x'.repeat(58)}\n\`\`\``]);
	});

	it('with shorter or other fences in it is one fence', () => {
		const inner = lines(10, '```js\n~~~\n```');
		for (const part of splitMarkdown(`\`\`\`\`md\n${inner}\`\`\`\``, 100))
			expect(part).toMatch(/^````md\n[\s\S]*\n````$/);
	});

	it('that the text leaves open is closed', () => {
		expect(splitMarkdown('```js\na', 64)).toEqual(['```js\na\n```']);
		expect(splitMarkdown(`\`\`\`js\n${'a\n'.repeat(40)}`, 64).at(-1)).toMatch(/^```js\n(a\n)+```$/);
		expect(splitMarkdown(`\`\`\`js\n${'a'.repeat(58)}`, 64)).toHaveLength(2);
	});

	it('whose first line is long is opened again without what follows the signs', () => {
		const parts = splitMarkdown(`\`\`\`${'i'.repeat(300)}\n${lines(10, 'code')}\`\`\``, 100);
		expect(parts.at(-1)).toMatch(/^```\ncode/);
		for (const part of parts) expect(openFenceOf(part)).toBeNull();
	});

	it('is not made by a break in front of signs in a line', () => {
		for (let length = 30; length < 70; length += 1) {
			for (const signs of ['```', '~~~', '``````']) {
				const text = `${'a'.repeat(length)} ${signs} ${words(12)}`;
				for (const part of splitMarkdown(text, 64)) expect(openFenceOf(part)).toBeNull();
			}
		}
	});
});

describe('a code span that begins its line', () => {
	it('and is longer than a part is closed and opened again by its signs', () => {
		const json = `{${Array.from({ length: 40 }, (_, n) => `"key${n}": ${n}`).join(', ')}}`;
		const parts = splitMarkdown(`\`\`\`json ${json}\`\`\`\nThat is all.`, 200);
		expect(parts.length).toBeGreaterThan(2);
		for (const part of parts) expect(part).toMatch(/^```[^`]+```/);
		expect(parts.map((part) => part.replaceAll('```', '')).join('')).toBe(`json ${json}\nThat is all.`);
		expect(parts.at(-1)).toMatch(/```\nThat is all\.$/);
	});

	it('is code for a Markdown parser in every part', () => {
		const parser = new MarkdownIt();
		const parts = splitMarkdown(`\`\`\`${words(200)}\`\`\``, 300);
		const code = parts.map((part) => parser.render(part).replace(/<p><code>(.*)<\/code><\/p>\n/s, '$1'));
		expect(code.join('')).toBe(words(200));
	});

	it('and fits into a part gets one of its own', () => {
		const span = `\`\`\`${words(20)}\`\`\``;
		expect(splitMarkdown(`${words(20)}\n${span}\n${words(20)}`, 200)).toContain(`${span}\n`);
	});
});

describe('signs of a fence', () => {
	it.each(['`', '~'])('that fill a part are closed in it: %s', (sign) => {
		const parts = splitMarkdown(`Signs:\n${sign.repeat(500)}\n${words(30)}`, 100);
		for (const part of parts) {
			expect(part.length).toBeLessThanOrEqual(100);
			expect(openFenceOf(part)).toBeNull();
		}
		expect(parts.at(-1)).toContain('word29');
	});

	it('close a fence, however many there are', () => {
		const text = `\`\`\`\ncode\n${'`'.repeat(30)}\n\n${words(40)}`;
		for (const part of splitMarkdown(text, 100).slice(1)) expect(part).toMatch(/^word/);
	});
});

/** Acceptance case 18 of the chat platforms. */
describe.each([2_000, 11_500])('an answer of 60,000 characters in parts of %i', (limit) => {
	const code = Array.from({ length: 60 }, (_, n) => `const value${n} = '${'x'.repeat(n)}'; // 漢字 👩‍👩‍👧‍👦`).join(
		'\n',
	);
	const nested = `\`\`\`\`md\n\`\`\`js\n${code}\n\`\`\`\n~~~\n${code}\n~~~\n\`\`\`\`\n`;
	const info = `\`\`\`ts ${'i'.repeat(297)}\n${code}\n\`\`\`\n`;
	const table = `| a | b |\n|---|---|\n${'| 漢字 | 🇩🇪 👍🏽 |\n'.repeat(80)}\n`;
	const prose = `## Heading\n\n${'A sentence with some words in it. '.repeat(60)}\n\n`;
	const dense = `${'漢'.repeat(3_000)}${'👩‍👩‍👧‍👦'.repeat(200)}${'x'.repeat(3_000)}\n\n`;
	const text = (prose + nested + info + table + dense).repeat(4).slice(0, 60_000);
	const parts = splitMarkdown(text, limit);

	it('is whole, within the limit, with every fence closed and no character torn', () => {
		expect(text).toHaveLength(60_000);
		for (const part of parts) {
			expect(part.length).toBeLessThanOrEqual(limit);
			expect(openFenceOf(part)).toBeNull();
			expect(part.isWellFormed()).toBe(true);
			expect(part).not.toMatch(/^\u200d|\u200d$/);
		}
		expect(isWhole(text, parts)).toBe(true);
		expect(parts.length).toBeLessThan((1.5 * text.length) / limit);
	});
});

describe('any text', () => {
	const split = fc
		.tuple(markdownText, limits)
		.map(([text, limit]) => ({ text, limit, parts: splitMarkdown(text, limit) }));
	const many = { numRuns: 2000 };

	it('is in parts within the limit, none of them blank', () => {
		fc.assert(
			fc.property(split, ({ parts, limit }) => {
				for (const part of parts) {
					expect(part.length).toBeLessThanOrEqual(limit);
					expect(part.trim()).not.toBe('');
					expect(part.isWellFormed()).toBe(true);
				}
			}),
			many,
		);
	});

	it('has its fences balanced in every part', () => {
		fc.assert(
			fc.property(split, ({ parts }) => {
				for (const part of parts) expect(openFenceOf(part)).toBeNull();
			}),
			many,
		);
	});

	it('is there again, once the added fence lines are taken out of the parts', () => {
		fc.assert(
			fc.property(split, ({ text, parts }) => isWhole(text, parts)),
			{ numRuns: 500 },
		);
	});

	it('has no character torn apart', () => {
		const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
		const charactersOf = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);
		const hard = fc.array(fc.oneof(fc.constantFrom(...HARD_CHARACTERS, ' ', '\r\n'), fc.string({ unit: 'grapheme' })));
		fc.assert(
			fc.property(hard, limits, (pieces, limit) => {
				const text = pieces.join('').repeat(4).replace(/[`~]/g, '');
				const parts = splitMarkdown(text, limit);
				fc.pre(parts.join('') === text);
				expect(parts.flatMap(charactersOf)).toEqual(charactersOf(text));
			}),
			many,
		);
	});

	it('is left as it is when it is a part already', () => {
		fc.assert(
			fc.property(split, ({ parts, limit }) => {
				for (const part of parts) expect(splitMarkdown(part, limit)).toEqual([part]);
			}),
			many,
		);
	});

	it('has the same code for a Markdown parser, line for line', () => {
		const parser = new MarkdownIt();
		const codeOf = (text: string) =>
			parser
				.parse(text, {})
				.flatMap(({ type, content }) => (type === 'fence' ? content.split('\n').filter(Boolean) : []));
		const wellFenced = fc
			.array(
				fc.tuple(
					fc.constantFrom('```js', '~~~', '````'),
					fc.array(fc.stringMatching(/^[a-z ;]{1,40}$/), { maxLength: 20 }),
				),
			)
			.map((blocks) =>
				blocks.map(([open, code]) => ['Text.', open, ...code, open.replace('js', '')].join('\n')).join('\n\n'),
			);
		fc.assert(
			fc.property(wellFenced, limits, (text, limit) => {
				expect(splitMarkdown(text, limit).flatMap(codeOf)).toEqual(codeOf(text));
			}),
		);
	});
});

describe('a text of a megabyte', () => {
	const size = 1_000_000;
	it.each([
		['prose in one line', 'The quick brown fox jumps over the lazy dog. '],
		['short lines', 'a\n'],
		['new lines', '\n'],
		['spaces', ' '],
		['nothing to hold on to', 'a'],
		['emoji', '👩‍👩‍👧‍👦'],
		['flags', '🇩🇪'],
		['fences', 'text\n```js\nconst a = 1;\n```\n\n'],
		['fence signs', '`'],
		['fence signs after spaces', `x${' '.repeat(1990)}\`\`\``],
		['fences that never close', '```\n~~~\n'],
	])('is split in time that grows as the text does: %s', (_name, piece) => {
		const part = piece.repeat(size / 16 / piece.length);
		const whole = piece.repeat(size / piece.length);
		splitMarkdown(part, 2000);
		// Work that grew with the square of the size would take 256 times as long.
		const ratio = processorTime(() => splitMarkdown(whole, 2000)) / processorTime(() => splitMarkdown(part, 2000));
		expect(ratio).toBeLessThan(80);
	});
});

/** Milliseconds of processor time, the least of three tries: what else the machine does counts for little. */
function processorTime(work: () => void): number {
	const tries = Array.from({ length: 3 }, () => {
		const start = process.cpuUsage();
		work();
		const { user, system } = process.cpuUsage(start);
		return (user + system) / 1000;
	});
	return Math.max(0.5, Math.min(...tries));
}
