/** An open code fence, and what it takes to close it at the end of a part and to open it again in the next. */
export interface Fence {
	marker: string;
	/** Cells its first line is indented. */
	indent: number;
	/** A line, with its end. */
	opening: string;
	/** A line, without its end. */
	closing: string;
}

export type LineType = 'text' | 'blank' | 'heading' | 'open' | 'code' | 'close';

export interface MarkdownLine {
	type: LineType;
	/** Where the next line begins. */
	end: number;
	/** The fence that is open after it. */
	after: Fence | null;
	/** It must not be broken before this: its beginning alone would read as another kind of line. */
	solid: number;
}

export interface MarkdownLines {
	/** The line from `start` on, which may be the rest of one, while `fence` is open. */
	lineAt(start: number, fence: Fence | null): MarkdownLine;
}

const edge = /([ \t]*)(`{3,}|~{3,})/y;
const mayBeEdge = ' \t`~';
const blank = /[ \t\r]*(?:\n|$)/y;
const heading = / {0,3}#{1,6}[ \t]/y;

/**
 * Tells the lines of a Markdown text apart, each in the time it takes to read it. A fence may be indented as in a
 * list; it is one only if its signs and indentation take at most an eighth of `limit`, and what stands after the
 * signs is repeated only if the line then takes at most a quarter.
 */
export function createMarkdownLines(text: string, limit: number): MarkdownLines {
	let known = { start: 0, end: 0 };

	/** Remembers the last line, so that a long one is searched for its end once. */
	function endOf(start: number): number {
		if (start >= known.start && start < known.end) return known.end;
		const newline = text.indexOf('\n', start);
		known = { start, end: newline === -1 ? text.length : newline + 1 };
		return known.end;
	}

	function fenceOf(indent: string, marker: string, info: string): Fence {
		const closing = indent + marker;
		const whole = `${closing}${info.trimEnd()}\n`;
		const opening = whole.length <= limit / 4 ? whole : `${closing}\n`;
		return { marker, indent: cellsOf(indent), opening, closing };
	}

	function edged(end: number, fence: Fence | null, [signs, indent = '', marker = '']: RegExpExecArray): MarkdownLine {
		const tail = edge.lastIndex;
		const rest = text.slice(tail, end);
		const fits = signs.length <= limit / 8;
		if (fence !== null) {
			const closes = fits && rest.trim() === '' && isAsStrong(marker, fence) && cellsOf(indent) <= fence.indent + 3;
			if (closes) return { type: 'close', end, after: null, solid: tail };
			return { type: 'code', end, after: fence, solid: Math.min(end, end - rest.trimStart().length + 1) };
		}
		const tick = marker.startsWith('`') ? rest.indexOf('`') : -1;
		if (tick !== -1 || !fits) return { type: 'text', end, after: null, solid: tail + tick + 1 };
		return { type: 'open', end, after: fenceOf(indent, marker, rest), solid: tail };
	}

	return {
		lineAt(start, fence) {
			const end = endOf(start);
			const whole = start === 0 || text[start - 1] === '\n';
			const signs = whole && mayBeEdge.includes(text[start] ?? '') ? matchAt(edge, text, start) : null;
			if (signs !== null) return edged(end, fence, signs);
			const plain = { end, after: fence, solid: start };
			if (fence !== null) return { ...plain, type: 'code' };
			// What a line is that fills a part alone does not matter, and reading it for each part would.
			if (end - start <= limit && isAt(blank, text, start)) return { ...plain, type: 'blank' };
			return { ...plain, type: whole && isAt(heading, text, start) ? 'heading' : 'text' };
		},
	};
}

function matchAt(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
	pattern.lastIndex = start;
	return pattern.exec(text);
}

function isAt(pattern: RegExp, text: string, start: number): boolean {
	pattern.lastIndex = start;
	return pattern.test(text);
}

function isAsStrong(marker: string, fence: Fence): boolean {
	return marker[0] === fence.marker[0] && marker.length >= fence.marker.length;
}

function cellsOf(indent: string): number {
	return indent.replaceAll('\t', '    ').length;
}
