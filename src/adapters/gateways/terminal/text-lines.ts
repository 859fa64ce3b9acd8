import { inlineMarks, painted } from './inline-marks.ts';
import type { Page } from './page.ts';
import { safeText } from './safe-text.ts';
import { cellsOf, graphemesOf, widthOf } from './text-width.ts';

const TAB = '    ';
const fence = /^\s*(`{3,}|~{3,})/;
const heading = /^#{1,6}\s+/;
/** Leading space and the sign of a list item or a quotation: the following lines of the item stand under its text. */
const lead = /^\s*(?:[-*+•]\s+|\d+[.)]\s+|>\s?)?/;

interface Part {
	start: number;
	end: number;
}

/**
 * A model's text as safe lines of at most `page.width` cells, broken between words, with a little Markdown shown.
 * Code and tables: broken at the edge, or left whole with `whole`, for a terminal to fold and a person to copy.
 */
export function textLines(text: string, page: Page, { whole = false } = {}): string[] {
	const safe = safeText(text).trimEnd();
	if (page.width === Number.POSITIVE_INFINITY) return safe.split('\n');
	const { style } = page;
	let open: string | null = null;
	return safe
		.replaceAll('\t', TAB)
		.split('\n')
		.flatMap((line) => {
			const sign = fence.exec(line)?.[1] ?? null;
			const edge = sign !== null && (open === null || (sign[0] === open[0] && sign.length >= open.length));
			if (edge) open = open === null ? sign : null;
			if (edge) return cut(line, page.width, whole).map(style.dim);
			if (open !== null) return cut(line, page.width, whole).map(style.cyan);
			if (line.trimStart().startsWith('|')) return cut(line, page.width, whole);
			if (heading.test(line) && style.colours) return proseLines(line.replace(heading, ''), page).map(style.bold);
			return proseLines(line, page);
		});
}

/** Text that is no prose, as safe lines: broken at the edge, wherever that is, with nothing in it taken for Markdown. */
export function codeLines(text: string, { width }: Page): string[] {
	const lines = safeText(text).replaceAll('\t', TAB).split('\n');
	return width === Number.POSITIVE_INFINITY ? lines : lines.flatMap((line) => cut(line, width, false));
}

function cut(line: string, width: number, whole: boolean): string[] {
	return whole ? [line] : parts(line, width, 0, false).map(({ start, end }) => line.slice(start, end));
}

function proseLines(line: string, page: Page): string[] {
	const { text, marks } = inlineMarks(line, page.style);
	const hang = Math.min(widthOf(lead.exec(text)?.[0] ?? ''), Math.floor(page.width / 2));
	return parts(text, page.width, hang, true).map(({ start, end }, index) => {
		const indent = index === 0 ? '' : ' '.repeat(hang);
		return indent + painted(text, start, end, marks);
	});
}

/** Where a line breaks: after spaces and beside wide characters if `words`, else wherever the edge falls. */
function parts(text: string, width: number, hang: number, words: boolean): Part[] {
	const found: Part[] = [];
	let start = 0;
	let used = 0;
	let position = 0;
	let rest: { at: number; used: number } | null = null;
	for (const grapheme of graphemesOf(text)) {
		const cells = cellsOf(grapheme);
		if (words && cells === 2 && position > start) rest = { at: position, used };
		if (used + cells > width && !(words && grapheme === ' ') && position > start) {
			const movable = rest !== null && hang + used - rest.used + cells <= width ? rest : { at: position, used };
			found.push({ start, end: movable.at });
			used = hang + used - movable.used;
			start = movable.at;
			rest = null;
		}
		used += cells;
		position += grapheme.length;
		const indenting = text.slice(start, position).trim() === '';
		if (words && !indenting && (grapheme === ' ' || cells === 2)) rest = { at: position, used };
	}
	found.push({ start, end: position });
	return words ? found.map((part) => withoutSpace(text, part)) : found;
}

function withoutSpace(text: string, { start, end }: Part): Part {
	return { start, end: start + text.slice(start, end).trimEnd().length };
}
