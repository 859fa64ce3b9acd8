import type { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { widthOf } from './text-width.ts';

/** An output that may be a terminal. */
export type TerminalOutput = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** The lower end of a terminal: lines that stay, and under them a live part that is drawn again and again. */
export interface Screen {
	/** Adds lines that stay and puts `live` in the place of the live part. Lines of `live` must not be folded. */
	update(fixed: readonly string[], live: readonly string[]): void;
}

/** Begin and end of a synchronised update; terminals without it ignore both. */
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const ERASE_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/**
 * The cursor rests on the line under the live part, visible: a process that is killed leaves a usable terminal.
 * A terminal that was made narrower has folded the lines it shows, which is taken into account.
 */
export function createScreen(output: TerminalOutput): Screen {
	let drawn: readonly string[] = [];
	let columns = columnsOf(output);

	return {
		update(fixed, live) {
			const resized = columns !== columnsOf(output);
			columns = columnsOf(output);
			if (fixed.length === 0 && !resized && sameLines(drawn, live)) return;
			const up = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(lineWidth(line) / columns)), 0);
			const height = Math.min(up, (output.rows || 24) - 1);
			const back = height === 0 ? '' : `\u001b[${height}A\r`;
			const lines = [...fixed, ...live].map((line) => `${line}${ERASE_LINE}\n`);
			output.write(`${BEGIN}${back}${lines.join('')}${ERASE_BELOW}${END}`);
			drawn = [...live];
		},
	};
}

function columnsOf({ columns }: TerminalOutput): number {
	return columns !== undefined && columns > 0 ? columns : 80;
}

function lineWidth(line: string): number {
	return widthOf(stripVTControlCharacters(line));
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && a.every((line, index) => line === b[index]);
}
