import { stripVTControlCharacters } from 'node:util';

/** What is left of the control characters, tab and line feed apart, and what turns the direction of text. */
const UNSAFE = /(?![\t\n])\p{Cc}|\p{Bidi_Control}/gu;

/** Says a problem on standard error. It may quote what people or models wrote, so nothing in it is obeyed there. */
export function writeProblem(text: string): void {
	process.stderr.write(`${stripVTControlCharacters(text).replace(UNSAFE, '')}\n`);
}

/** Ends the process quietly when the reader of its output has gone (`| head`), instead of with a stack trace. */
export function endOnClosedPipe(): void {
	for (const stream of [process.stdout, process.stderr]) {
		stream.on('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'EPIPE') process.exit(0);
			throw error;
		});
	}
}

/** Everything on standard input, at most `limit` characters and one more to show that there was more. */
export async function readInput(limit: number): Promise<string> {
	let text = '';
	process.stdin.setEncoding('utf8');
	for await (const chunk of process.stdin) {
		text += chunk;
		if (text.length > limit) return text.slice(0, limit + 1);
	}
	return text;
}
