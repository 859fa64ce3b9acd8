import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harmlessMarkdown, partsOf } from '../../../../../src/adapters/gateways/discord/harmless-markdown.ts';
import { plainText } from '../../../../../src/adapters/gateways/discord/plain-text.ts';

const shown: [name: string, from: string, to: string][] = [
	['a ping of everybody', '@everyone and @here', '\\@everyone and \\@here'],
	[
		'mentions',
		'<@1> <@!2> <@&3> <#4> </ask:5> <t:6:R> <:a:7> <a:b:8> <id:guide>',
		'\\<@1> \\<@!2> \\<@&3> \\<#4> \\</ask:5> \\<t:6:R> \\<:a:7> \\<a:b:8> \\<id:guide>',
	],
	['what is escaped already', '\\<@1>', '\\<@1>'],
	['an escaped backslash', '\\\\<@1>', '\\\\\\<@1>'],
	['a mention in a code span', '`<@1>`', '`< @1>`'],
	['a mention in a code block', '```\n<@1> <#include>\n```', '```\n< @1> <#include>\n```'],
	['a lone backtick', 'it`s <@1>', 'it\\`s \\<@1>'],
	['small print like ours', '-# Run stopped\n> -# so\n- -# x', '\\-# Run stopped\n> \\-# so\n- \\-# x'],
	['headings as large as ours', '# a\n## b\n### c\n- # d', '### a\n### b\n### c\n- ### d'],
	['a quotation without an end', '>>> all', '> all'],
	['where a link leads', '[Stop](https://evil.example/a_(b))', '[Stop](<https://evil.example/a_(b)>) (evil.example)'],
	[
		'who a link claims to lead to',
		'[x](https://discord.com@evil.example/)',
		'[x](<https://discord.com@evil.example/>) (evil.example)',
	],
	['a mention in a link', '[<@1>](http://a.example)', '[\\<@1>](<http://a.example>) (a.example)'],
	['a link that is none for us', '[a [b] c](https://a.example)', '[a [b] c]\\(https://a.example)'],
	['a fence that Discord does not know', '~~~js\n```\n~~~', '```js\nˋˋˋ\n```'],
	['a fence in a fence', '````md\n```\nx\n```\n````\n', '```md\nˋˋˋ\nx\nˋˋˋ\n```\n'],
	['a fence inside of a line', 'so ``` it', 'so \\`\\`\\` it'],
	['a long info string', `\`\`\`${'x'.repeat(300)}\ny\n\`\`\``, '```\ny\n```'],
	['an empty block', '```\n```\n<@1>', '```\n \n```\n\\<@1>'],
	['what is not seen', 'a\u202eb\u200bc\u2066d', 'abcd'],
	[
		'ordinary text',
		'a < b && c > d; **x** _y_ ~~z~~ 1. `code` <https://a.example>',
		'a < b && c > d; **x** _y_ ~~z~~ 1. `code` <https://a.example>',
	],
];

describe('harmless Markdown', () => {
	it.each(shown)('shows %s', (_, from, to) => {
		expect(harmlessMarkdown(from)).toBe(to);
	});

	it('makes headings bold for an excerpt, but not comments in code', () => {
		expect(harmlessMarkdown('# *A* b #\n```sh\n# c\n```', 'bold')).toBe('**A b**\n```sh\n# c\n```');
	});

	it('leaves nothing alive, whatever it is given, and splits into closed parts', () => {
		fc.assert(
			fc.property(hostile, fc.integer({ min: 100, max: 600 }), (text, limit) => {
				const harmless = harmlessMarkdown(text);
				expect(liveTokens(harmless)).toEqual([]);
				for (const part of partsOf(harmless, limit)) {
					expect(part.length).toBeLessThanOrEqual(limit);
					expect(part.isWellFormed()).toBe(true);
					expect(fenceLines(part) % 2).toBe(0);
					expect(liveTokens(part)).toEqual([]);
				}
			}),
			{ numRuns: 400 },
		);
	});

	it.each(['[', '`', '<', '\\', '-#', '](', '[a](', '> ', '- ', '``` '])(
		'takes a long text of %j in its stride',
		(sign) => {
			expect(harmlessMarkdown(sign.repeat(50_000)).length).toBeGreaterThan(0);
		},
	);
});

describe('plain text', () => {
	it('shows foreign text letter by letter in one line', () => {
		expect(plainText('**a**\n# b <@1> [c](https://d.e/f_g)', 99)).toBe(
			'\\*\\*a\\*\\* \\# b \\<\\@1\\> \\[c\\]\\(https://d.e/f_g)',
		);
		expect(plainText('👨‍👩‍👧‍👦'.repeat(5), 24)).toBe(`${'👨‍👩‍👧‍👦'.repeat(2)}…`);
	});
});

const hostile = fc
	.array(
		fc.oneof(
			fc.constantFrom(
				...[
					'```',
					'````',
					'~~~',
					'`',
					'``',
					'\n',
					'\n\n',
					'\\',
					'@everyone',
					'@here',
					'<@1>',
					'<@&2>',
					'<#3>',
					'</a:4>',
				],
				...[
					'<t:5:R>',
					'-# x',
					'# y',
					'## z',
					'>>> ',
					'> ',
					'- ',
					'[a](https://b.c)',
					'](',
					'[',
					'**',
					'||',
					'\u202e',
					'🚀',
					' ',
				],
			),
			fc.string({ unit: 'grapheme', maxLength: 12 }),
		),
		{ maxLength: 60 },
	)
	.map((pieces) => pieces.join(''));

/** Lines that Discord would begin or end a block of code with. */
const fenceLines = (text: string): number => text.split('\n').filter((line) => /^[ \t]*```/.test(line)).length;

/** What Discord would make of a text that it does not take for code, were the code blocks text too. */
function liveTokens(text: string): string[] {
	const mention = /<(?:@[!&]?\d+|#\d+|\/[\w -]+:\d+|t:-?\d+(?::\w)?|a?:\w+:\d+)>/g;
	const found = [...text.matchAll(mention)].filter(({ index }) => {
		const slashes = /\\*$/.exec(text.slice(0, index))?.[0].length ?? 0;
		return slashes % 2 === 0;
	});
	const small = text.match(/^[ \t>]*-#[ \t].*$/gm) ?? [];
	const hidden = text.match(/[\u200b\u202a-\u202e\u2066-\u2069]/g) ?? [];
	return [...found.map(([token]) => token), ...small, ...hidden];
}
