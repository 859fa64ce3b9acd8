import type { Style } from './style.ts';

/** From `start` to before `end`, in UTF-16 code units. */
export interface Mark {
	start: number;
	end: number;
	paint: (text: string) => string;
}

const span = /\*\*(?=\S)(.+?)(?<=\S)\*\*|`([^`]+)`|(?<![*\w])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?![*\w])/g;

/** Takes the signs of Markdown's bold, italic and code spans out of a line and says what they marked. Without colours they stay. */
export function inlineMarks(line: string, style: Style): { text: string; marks: readonly Mark[] } {
	if (!style.colours) return { text: line, marks: [] };
	const marks: Mark[] = [];
	let text = '';
	let done = 0;
	for (const match of line.matchAll(span)) {
		const [whole, bold, code, italic] = match;
		text += line.slice(done, match.index);
		const start = text.length;
		text += bold ?? code ?? italic ?? '';
		const paint = bold !== undefined ? style.bold : code !== undefined ? style.cyan : style.italic;
		marks.push({ start, end: text.length, paint });
		done = match.index + whole.length;
	}
	return { text: text + line.slice(done), marks };
}

/** `text` from `start` to before `end` with its marks painted. */
export function painted(text: string, start: number, end: number, marks: readonly Mark[]): string {
	let line = '';
	let done = start;
	for (const mark of marks) {
		const from = Math.max(mark.start, done);
		const to = Math.min(mark.end, end);
		if (from >= to) continue;
		line += text.slice(done, from) + mark.paint(text.slice(from, to));
		done = to;
	}
	return line + text.slice(done, end);
}
