/**
 * Open code, and what it takes to close it at the end of a part and to open it again in the next: that between fences,
 * or a code span that fills more than a part and whose line begins with it, which would read as a fence without its end.
 */
export interface Fence {
	marker: string;
	/** Cells its first line is indented. */
	indent: number;
	/** A line with its end; of a span only its signs; empty: too long to be repeated, the next part goes on without. */
	opening: string;
	/** A line without its end; of a span only its signs. */
	closing: string;
	/** Of a span: where the last sign is that could end it. Null between fences. */
	spanEnd: number | null;
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
	/** The span to close and open again in a line that has to be broken before `solid`. */
	span: { fence: Fence; solid: number } | null;
}

export interface MarkdownLines {
	/** The line from `start` on while `fence` is open. The rest of a broken line counts as one: its reader sees no more. */
	lineAt(start: number, fence: Fence | null): MarkdownLine;
}

const mayBeEdge = ' \t`~';
const blank = /[ \t\r]*(?:\n|$)/y;
const heading = / {0,3}#{1,6}[ \t]/y;

/**
 * Tells the lines of a Markdown text apart, each in the time it takes to read it. A fence may be indented as in a
 * list. It is opened again in the next part only if its signs and indentation take at most an eighth of `limit`, and
 * what stands after the signs is repeated only if the line then takes at most a quarter.
 */
export function createMarkdownLines(text: string, limit: number): MarkdownLines {
	let known = { start: 0, end: 0 };
	let run = { start: 0, end: 0 };
	/** What a line of a fence begins with; an indentation that fills a part need not be read. */
	const edge = new RegExp(`([ \\t]{0,${limit}})(\`{3}|~{3})`, 'y');

	/** Remembers the last line, so that a long one is searched for its end once. */
	function endOf(start: number): number {
		if (start >= known.start && start < known.end) return known.end;
		const newline = text.indexOf('\n', start);
		known = { start, end: newline === -1 ? text.length : newline + 1 };
		return known.end;
	}

	/** Where the signs end that `start` is among. */
	function signsEnd(start: number): number {
		if (start >= run.start && start < run.end) return run.end;
		let end = start + 1;
		while (text[end] === text[start]) end += 1;
		run = { start, end };
		return end;
	}

	const isShort = (signs: string) => signs.length <= limit / 8;

	function fenceOf(indent: string, marker: string, info: string): Fence {
		const closing = indent + marker;
		const common = { marker, indent: cellsOf(indent), spanEnd: null };
		if (!isShort(closing)) return { ...common, opening: '', closing: marker };
		const whole = `${closing}${info.trimEnd()}\n`;
		return { ...common, opening: whole.length <= limit / 4 ? whole : `${closing}\n`, closing };
	}

	function spanOf(indent: string, marker: string, spanEnd: number): Fence | null {
		const opening = indent + marker;
		return isShort(opening) ? { marker, indent: cellsOf(indent), opening, closing: marker, spanEnd } : null;
	}

	function edged(end: number, fence: Fence | null, [signs, indent = '']: RegExpExecArray): MarkdownLine {
		const tail = signsEnd(edge.lastIndex - 1);
		const marker = text.slice(edge.lastIndex - signs.length + indent.length, tail);
		const rest = text.slice(tail, end);
		if (fence !== null) {
			const closes = rest.trim() === '' && isAsStrong(marker, fence) && cellsOf(indent) <= fence.indent + 3;
			if (closes) return { type: 'close', end, after: null, solid: tail, span: null };
			const solid = Math.min(end, end - rest.trimStart().length + 1);
			return { type: 'code', end, after: fence, solid, span: null };
		}
		const tick = marker.startsWith('`') ? rest.indexOf('`') : -1;
		if (tick === -1) return { type: 'open', end, after: fenceOf(indent, marker, rest), solid: tail, span: null };
		const span = spanOf(indent, marker, tail + rest.lastIndexOf('`'));
		const torn = span === null ? null : { fence: span, solid: tail + 1 };
		return { type: 'text', end, after: null, solid: tail + tick + 1, span: torn };
	}

	return {
		lineAt(start, fence) {
			const end = endOf(start);
			if (fence !== null && fence.spanEnd !== null) {
				const span = { fence, solid: start };
				return { type: 'text', end, after: null, solid: fence.spanEnd + 1, span };
			}
			const signs = mayBeEdge.includes(text[start] ?? '') ? matchAt(edge, text, start) : null;
			if (signs !== null) return edged(end, fence, signs);
			const plain = { end, after: fence, solid: start, span: null };
			if (fence !== null) return { ...plain, type: 'code' };
			// What a line is that fills a part alone does not matter, and reading it for each part would.
			if (end - start <= limit && isAt(blank, text, start)) return { ...plain, type: 'blank' };
			return { ...plain, type: isAt(heading, text, start) ? 'heading' : 'text' };
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
