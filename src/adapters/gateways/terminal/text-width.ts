/** First and last code points that take two cells, after Unicode's East Asian Width (W and F), emoji apart. */
const WIDE: readonly (readonly [number, number])[] = [
	[0x1100, 0x115f],
	[0x2e80, 0x303e],
	[0x3041, 0x33ff],
	[0x3400, 0x4dbf],
	[0x4e00, 0xa4cf],
	[0xa960, 0xa97f],
	[0xac00, 0xd7a3],
	[0xf900, 0xfaff],
	[0xfe10, 0xfe19],
	[0xfe30, 0xfe6f],
	[0xff01, 0xff60],
	[0xffe0, 0xffe6],
	[0x16fe0, 0x18aff],
	[0x1b000, 0x1b2ff],
	[0x20000, 0x3fffd],
];

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const plain = /^[\u0020-\u007e]*$/;
const emoji = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Regional_Indicator}{2}/u;
const weightless = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]*$/u;

/** What a reader takes for single characters. */
export function graphemesOf(text: string): readonly string[] {
	return plain.test(text) ? text.split('') : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Cells a terminal uses for `text`, which has no control characters. */
export function widthOf(text: string): number {
	return plain.test(text) ? text.length : graphemesOf(text).reduce((sum, grapheme) => sum + cellsOf(grapheme), 0);
}

/** Cells of one grapheme: 0, 1 or 2. */
export function cellsOf(grapheme: string): number {
	if (plain.test(grapheme)) return grapheme.length;
	if (emoji.test(grapheme)) return 2;
	if (weightless.test(grapheme)) return 0;
	const code = grapheme.codePointAt(0) ?? 0;
	return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
