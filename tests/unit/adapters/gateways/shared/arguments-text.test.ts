import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentsText, differenceText } from '../../../../../src/adapters/gateways/shared/arguments-text.ts';

const textOf = (value: unknown) => argumentsText(JSON.stringify(value));

describe('the arguments of a call as people see them', () => {
	it('are indented JSON', () => {
		expect(textOf({ a: 1, b: ['x'] })).toBe('{\n  "a": 1,\n  "b": [\n    "x"\n  ]\n}');
	});

	it.each<[what: string, shown: string, text: string]>([
		['a new line with a claim of ours', 'x\\nRisk: low', 'x\nRisk: low'],
		['a right-to-left override', 'a\\u202egnp.exe', 'a\u202egnp.exe'],
		['zero-width characters', 'a\\u200b\\u200c\\u200d\\u2060\\ufeffb', 'a\u200b\u200c\u200d\u2060\ufeffb'],
		['control characters', 'a\\u001b[2J\\u007f\\u0085', 'a\u001b[2J\u007f\u0085'],
		['tags and variation selectors', '\\udb40\\udc41\\ufe0f', '\u{e0041}\ufe0f'],
		['blanks that are no space', '\\u00a0\\u3000\\u2003\\u3164\\u2800\\u2028', '\u00a0\u3000\u2003\u3164\u2800\u2028'],
		['half of a surrogate pair', '\\ud800', '\ud800'],
		['a mention of everybody', '\\u0040everyone \\u0040here', '@everyone @here'],
		[
			'mentions on Discord',
			'\\u003c@1> \\u003c@&2> \\u003c#3> \\u003c/a:4> \\u003ct:5>',
			'<@1> <@&2> <#3> </a:4> <t:5>',
		],
		['mentions on Slack', '\\u003c!channel> \\u003c@U1>', '<!channel> <@U1>'],
		['the end of a block of code', '\\u0060\\u0060\\u0060 `x`', '``` `x`'],
	])('show %s', (_what, shown, text) => {
		expect(textOf(text)).toBe(`"${shown}"`);
	});

	it('leave an address, an emoji and other languages as they are', () => {
		expect(textOf('[a](https://b.c) 😀 über 漢字 عربى <b>')).toBe('"[a](https://b.c) 😀 über 漢字 عربى <b>"');
	});

	it('mean exactly the same', () => {
		fc.assert(
			fc.property(fc.json(), (json) => {
				const shown = argumentsText(JSON.stringify(JSON.parse(json)));
				expect(JSON.parse(shown)).toEqual(JSON.parse(json));
			}),
		);
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				const shown = textOf(text);
				expect(JSON.parse(shown)).toBe(text);
				expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|```|@everyone/u);
			}),
		);
	});

	it('are left as they are where another spelling would lose something', () => {
		const exact = '{"10":1,"2":12345678901234567890}';
		expect(argumentsText(exact)).toBe(exact);
		expect(argumentsText('no json\u202e')).toBe('no json\\u202e');
	});
});

describe('a difference', () => {
	it.each([
		['', '', ''],
		['a', 'b', '- a\n+ b'],
		['a\nb\nc', 'a\nc', '- b'],
		['a\na', 'a\na\na', '+ a'],
		['a\nb\nc\nd', 'a\nx\ny\nd', '- b\n- c\n+ x\n+ y'],
	])('shows the lines that are not in both: %j, %j', (before, after, difference) => {
		expect(differenceText(before, after)).toBe(difference);
	});
});
