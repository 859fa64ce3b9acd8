import { visibleText } from '../../../core/foreign-text.ts';

/** Colours and moves of the cursor. Their first character alone would be stripped as invisible, and leave the rest. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const TERMINAL = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g;

/** What was written, as far as it is kept. */
export interface KeptOutput {
	push(bytes: Uint8Array): void;
	/** Everything since the last call, for a model: its beginning and its end, and a line that says what is missing. */
	take(): string;
}

/** Keeps the first `head` and the last `tail` bytes, so that no flood takes more memory than that. */
export function createKeptOutput(head: number, tail: number): KeptOutput {
	let first: Uint8Array[] = [];
	let firstBytes = 0;
	let last: Uint8Array[] = [];
	let lastBytes = 0;
	let lost = 0;

	const trim = () => {
		for (let piece = last[0]; piece !== undefined && lastBytes > tail; piece = last[0]) {
			const over = lastBytes - tail;
			const gone = Math.min(over, piece.length);
			lost += gone;
			lastBytes -= gone;
			if (gone === piece.length) last.shift();
			else last[0] = piece.subarray(gone);
		}
	};

	return {
		push(bytes) {
			const begun = bytes.subarray(0, head - firstBytes);
			if (begun.length > 0) first.push(begun);
			firstBytes += begun.length;
			const rest = bytes.subarray(begun.length);
			if (rest.length === 0) return;
			last.push(rest);
			lastBytes += rest.length;
			trim();
		},
		take() {
			const beginning = Buffer.concat(first);
			const end = Buffer.concat(last);
			const whole = lost === 0 ? textOf(Buffer.concat([beginning, end])) : clipped(beginning, lost, end);
			first = [];
			last = [];
			firstBytes = 0;
			lastBytes = 0;
			lost = 0;
			return whole;
		},
	};
}

/** The beginning and the end of a text, at most so many bytes each. */
export function fitted(text: string, bytes: number): string {
	const output = createKeptOutput(bytes, bytes);
	output.push(Buffer.from(text));
	return output.take();
}

function clipped(beginning: Buffer, lost: number, end: Buffer): string {
	const note = `[${lost} bytes left out here]`;
	return [textOf(beginning), note, textOf(wholeCharacters(end))].filter((part) => part !== '').join('\n');
}

/** Without the rest of a character whose beginning is missing. */
function wholeCharacters(bytes: Buffer): Buffer {
	const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
	return bytes.subarray(Math.max(0, start));
}

/** Bytes that are no text show as the sign for that. */
function textOf(bytes: Uint8Array): string {
	return visibleText(new TextDecoder().decode(bytes).replace(TERMINAL, '')).trimEnd();
}
