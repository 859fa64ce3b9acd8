import { StringDecoder } from 'node:string_decoder';

/** One server-sent event. */
export interface SseEvent {
	/** Empty when the server did not name it. */
	name: string;
	data: string;
	/** The end of the body cut it off before its empty line. */
	isCut: boolean;
}

/** Takes a body of server-sent events (WHATWG HTML, section 9.2.6) apart, however it was cut into pieces. */
export interface SseDecoder {
	/** The events that these bytes complete. Comments, ids and retry times are passed over. */
	decode(bytes: Buffer): readonly SseEvent[];
	/** Characters of the event that is not complete. */
	held(): number;
	/** At the end of the body: the event that it cut off, or null. */
	rest(): SseEvent | null;
}

const LF = 10;
const CR = 13;
const SPACE = 32;

export function createSseDecoder(): SseDecoder {
	const utf8 = new StringDecoder('utf8');
	let text = '';
	let name = '';
	let data: string | null = null;
	let isFirst = true;

	const take = (isCut: boolean): SseEvent | null => {
		const event = data === null ? null : { name, data, isCut };
		name = '';
		data = null;
		return event;
	};

	/** The field's value, which begins after the colon and, if there is one, a space. */
	const valueAt = (line: string, colon: number) =>
		line.slice(line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1);

	const readLine = (line: string) => {
		if (line.startsWith('data:')) {
			const value = valueAt(line, 4);
			data = data === null ? value : `${data}\n${value}`;
		} else if (line.startsWith('event:')) name = valueAt(line, 5);
		else if (line === 'data') data = data === null ? '' : `${data}\n`;
	};

	/** Reads the whole lines there are. A CR at the end waits: it may be half of a CR LF. */
	const readLines = (): SseEvent[] => {
		const events: SseEvent[] = [];
		const hasCr = text.includes('\r');
		let from = 0;
		for (;;) {
			const end = hasCr ? lineEnd(text, from) : text.indexOf('\n', from);
			if (end < 0) break;
			const isCr = text.charCodeAt(end) === CR;
			if (isCr && end + 1 === text.length) break;
			if (end === from) {
				const event = take(false);
				if (event !== null) events.push(event);
			} else readLine(text.slice(from, end));
			from = isCr && text.charCodeAt(end + 1) === LF ? end + 2 : end + 1;
		}
		text = text.slice(from);
		return events;
	};

	return {
		decode(bytes) {
			text += utf8.write(bytes);
			if (isFirst && text !== '') {
				isFirst = false;
				if (text.startsWith('\uFEFF')) text = text.slice(1);
			}
			return readLines();
		},
		held: () => text.length + (data?.length ?? 0),
		rest() {
			text += utf8.end();
			if (text !== '') readLine(text.endsWith('\r') ? text.slice(0, -1) : text);
			text = '';
			return take(true);
		},
	};
}

/** Where the line that begins at `from` ends, or -1. */
function lineEnd(text: string, from: number): number {
	for (let at = from; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		if (code === LF || code === CR) return at;
	}
	return -1;
}
