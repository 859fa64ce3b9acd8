import fc from 'fast-check';

/** Text that is hard to break: what a reader takes for one character has many code units. */
export const HARD_CHARACTERS = ['👩‍👩‍👧‍👦', '🇩🇪', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👍🏽', '❤️', 'é', 'ệ', 'கு', '한', '漢', '。', 'ß'];

const word = fc.oneof(
	{ weight: 6, arbitrary: fc.stringMatching(/^[a-z,.`*_~-]{1,9}$/) },
	{
		weight: 3,
		arbitrary: fc.array(fc.constantFrom(...HARD_CHARACTERS), { minLength: 1, maxLength: 6 }).map(joined('')),
	},
	{ weight: 1, arbitrary: fc.integer({ min: 20, max: 200 }).map((length) => 'x'.repeat(length)) },
	{ weight: 1, arbitrary: fc.constantFrom('```', '~~~', '````', '```js', '#', '-', '> ') },
);
const sentence = fc.array(word, { maxLength: 12 }).map(joined(' '));
const prose = fc.array(sentence, { maxLength: 5 }).map(joined('. '));

function joined(separator: string) {
	return (pieces: readonly string[]) => pieces.join(separator);
}

const block = fc
	.record({
		indent: fc.constantFrom('', '', '  ', '   '),
		marker: fc.constantFrom('```', '````', '~~~', '~~~~~'),
		info: fc.constantFrom('', 'js', ' python title="a b"', 'x'.repeat(300)),
		code: fc.array(prose, { maxLength: 12 }),
		closed: fc.boolean(),
	})
	.map(({ indent, marker, info, code, closed }) => [
		`${indent}${marker}${info}`,
		...code,
		...(closed ? [`${indent}${marker}`] : []),
	]);

const signs = fc
	.tuple(fc.constantFrom('`', '~'), fc.integer({ min: 1, max: 300 }))
	.map(([sign, count]) => sign.repeat(count));
const spaces = fc.oneof(
	fc.constant(''),
	fc.integer({ min: 0, max: 200 }).map((count) => ' '.repeat(count)),
	fc.constant('\t'),
);
/** A line that has much in common with a fence: signs in any number, far indented, far from what follows, cut by signs. */
const almostFence = fc
	.array(fc.oneof(signs, fc.constantFrom('```', '~~~', '`'), spaces, sentence, fc.constantFrom(...HARD_CHARACTERS)), {
		maxLength: 6,
	})
	.map(joined(''));

/** A text as models write them, only worse. New lines are all `\n` or all `\r\n`. */
export const markdownText = fc
	.record({
		blocks: fc.array(
			fc.oneof(
				prose.map((line) => [line]),
				fc.constant(['']),
				fc.constant(['', '# Heading', '']),
				block,
				almostFence.map((line) => [line]),
			),
			{
				maxLength: 12,
			},
		),
		newline: fc.constantFrom('\n', '\r\n'),
		end: fc.boolean(),
	})
	.map(({ blocks, newline, end }) => blocks.flat().join(newline) + (end ? newline : ''));
