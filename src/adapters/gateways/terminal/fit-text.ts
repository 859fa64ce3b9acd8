import { safeText } from './safe-text.ts';
import { cellsOf, graphemesOf, widthOf } from './text-width.ts';

/** A piece of a line: its text, from wherever, and how it is painted. */
export type Piece = readonly [text: string, paint?: (text: string) => string];

/** One line of at most `width` cells from foreign text, made safe; what does not fit ends in `…`. */
export function fitted(pieces: readonly Piece[], width: number): string {
	const texts = pieces.map(([text]) => oneLine(text));
	const overflows = texts.reduce((sum, text) => sum + widthOf(text), 0) > width;
	let room = overflows ? width - 1 : width;
	let line = '';
	for (const [index, text] of texts.entries()) {
		const cut = cutTo(text, room);
		room -= widthOf(cut);
		const whole = cut === text;
		const shown = whole ? cut : `${cut}…`;
		line += shown === '' ? '' : (pieces[index]?.[1]?.(shown) ?? shown);
		if (!whole) break;
	}
	return line;
}

/** `text` cut or filled with spaces to exactly `width` cells. */
export function padded(text: string, width: number): string {
	const short = fitted([[text]], width);
	return short + ' '.repeat(Math.max(0, width - widthOf(short)));
}

/** Foreign text as one safe line. */
export function oneLine(text: string): string {
	return safeText(text).replace(/[\n\t]+/g, ' ');
}

function cutTo(text: string, width: number): string {
	if (widthOf(text) <= width) return text;
	let used = 0;
	let cut = '';
	for (const grapheme of graphemesOf(text)) {
		used += cellsOf(grapheme);
		if (used > width) break;
		cut += grapheme;
	}
	return cut;
}
