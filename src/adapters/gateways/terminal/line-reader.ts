import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A person's lines, one at a time. */
export interface LineReader {
	/** The next line; null when the input has ended, Ctrl-C was pressed while editing, or `signal` aborted. */
	read(prompt: string, signal: AbortSignal): Promise<string | null>;
	close(): void;
}

type Input = Readable & { isTTY?: boolean };

/**
 * At a terminal a line can be edited and earlier ones come back with the arrow keys; between two reads the terminal
 * is in its ordinary mode, so Ctrl-C is the signal. From a pipe the lines are taken as they come, and kept for later
 * reads.
 */
export function createLineReader(input: Input, output: Writable): LineReader {
	return input.isTTY === true ? createEditedLines(input, output) : createPipedLines(input, output);
}

function createEditedLines(input: Input, output: Writable): LineReader {
	let history: string[] = [];
	return {
		read(prompt, signal) {
			if (signal.aborted) return Promise.resolve(null);
			const lines = createInterface({ input, output, terminal: true, history, prompt });
			return new Promise((resolve) => {
				let open = true;
				const end = (line: string | null) => {
					open = false;
					signal.removeEventListener('abort', abort);
					resolve(line);
					lines.close();
				};
				const abort = () => {
					output.write('\r\u001b[K');
					end(null);
				};
				const leave = () => {
					if (open) output.write('\n');
					end(null);
				};
				lines.on('history', (known: string[]) => {
					history = [...known];
				});
				lines.once('line', end);
				lines.once('SIGINT', leave);
				lines.once('close', leave);
				signal.addEventListener('abort', abort, { once: true });
				lines.prompt();
			});
		},
		close: () => input.pause(),
	};
}

function createPipedLines(input: Input, output: Writable): LineReader {
	const kept: string[] = [];
	let waiting: ((line: string | null) => void) | null = null;
	// A question that came on the same pipe has used it up.
	let ended = input.readableEnded || input.destroyed;
	const lines = createInterface({ input, terminal: false });
	const hand = (line: string | null) => {
		const resolve = waiting;
		waiting = null;
		resolve?.(line);
	};
	lines.on('line', (line) => (waiting === null ? kept.push(line) : hand(line)));
	lines.on('close', () => {
		ended = true;
		hand(null);
	});
	return {
		read(prompt, signal) {
			if (signal.aborted) return Promise.resolve(null);
			output.write(prompt);
			const next = kept.shift();
			if (next !== undefined) return Promise.resolve(next);
			if (ended) return Promise.resolve(null);
			return new Promise((resolve) => {
				const abort = () => hand(null);
				signal.addEventListener('abort', abort, { once: true });
				waiting = (line) => {
					signal.removeEventListener('abort', abort);
					resolve(line);
				};
			});
		},
		close: () => lines.close(),
	};
}
