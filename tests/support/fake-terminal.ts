import { Writable } from 'node:stream';

export interface FakeTerminal extends Writable {
	isTTY: boolean;
	columns: number;
	rows: number;
	/** What a person sees when scrolling all the way up: every line, without colours. */
	lines(): string[];
	/** All that was ever written. */
	written(): string;
	resize(columns: number): void;
}

const ESC = '\\u001b';
const TOKEN = new RegExp(`${ESC}\\[([?\\d;]*)([A-Za-z])|\\r|\\n|[^${ESC}\\r\\n]+`, 'g');

/**
 * A terminal that understands what ours writes: lines, cursor up, erasing to the end of the line and below. It
 * refuses any other control code but colours, so a test fails when one gets through. It does not fold lines.
 */
export function createFakeTerminal({ columns = 80, rows = 40, isTTY = true } = {}): FakeTerminal {
	const screen: string[] = [''];
	let row = 0;
	let column = 0;
	let raw = '';

	function obey(code: string, value: string): void {
		if (code === 'A') row = Math.max(0, row - Number(value || 1));
		else if (code === 'K') screen[row] = (screen[row] ?? '').slice(0, column);
		else if (code === 'J') {
			screen[row] = (screen[row] ?? '').slice(0, column);
			screen.length = row + 1;
		} else if (code !== 'm' && value !== '?2026') throw new Error(`unexpected control code ${value}${code}`);
	}

	function show(text: string): void {
		const line = screen[row] ?? '';
		screen[row] = line.slice(0, column).padEnd(column) + text + line.slice(column + text.length);
		column += text.length;
	}

	function write(text: string): void {
		raw += text;
		for (const [token, value = '', code] of text.matchAll(TOKEN)) {
			if (code !== undefined) obey(code, value);
			else if (token === '\r') column = 0;
			else if (token === '\n') {
				row += 1;
				column = 0;
				screen[row] ??= '';
			} else show(token);
		}
	}

	const stream = new Writable({
		decodeStrings: false,
		write(chunk: string | Buffer, _encoding, done) {
			write(String(chunk));
			done();
		},
	});
	const terminal: FakeTerminal = Object.assign(stream, {
		isTTY,
		columns,
		rows,
		lines: () => screen.map((line) => line.trimEnd()),
		written: () => raw,
		resize(to: number) {
			terminal.columns = to;
			terminal.emit('resize');
		},
	});
	return terminal;
}
