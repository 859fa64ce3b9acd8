import { get, type IncomingMessage } from 'node:http';
import { STAMP } from './provider-script.ts';
import { microseconds } from './provider-wire.ts';

/** What one reader saw of one thread. Times in milliseconds. */
export interface Watched {
	/** For each token of the final, from the provider's socket to here. */
	delays: readonly number[];
	/** From the final's last token on the provider's socket to the finished final here. */
	endDelay: number;
	/** When each message changed, by its key. */
	changes: ReadonlyMap<string, readonly number[]>;
	/** Length of the final in characters. */
	finalChars: number;
}

interface ShownMessage {
	type: string;
	key: string;
	content?: string;
	streaming?: boolean;
	outcome?: string | null;
}

interface StreamEvent {
	entries?: readonly { message: ShownMessage }[];
	message?: ShownMessage;
	key?: string;
	text?: string;
}

const now = () => Number(microseconds()) / 1_000;
const stamps = new RegExp(`\\d{${STAMP.length}}`, 'g');

/** Asks a question over HTTP and resolves with the new thread's id. */
export async function askPage(address: string, question: string): Promise<string> {
	const response = await fetch(`${address}/api/threads`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ question }),
	});
	if (response.status !== 201) throw new Error(`the page answers ${response.status}: ${await response.text()}`);
	return ((await response.json()) as { id: string }).id;
}

/** Reads a thread's events until its final is finished. */
export async function watchThread(address: string, id: string): Promise<Watched> {
	const delays: number[] = [];
	const changes = new Map<string, number[]>();
	let known = 0;
	let lastStamp = Number.NaN;
	let ended: { endDelay: number } | null = null;

	const take = (text: string, at: number) => {
		for (const [stamp] of text.matchAll(stamps)) {
			lastStamp = Number(stamp) / 1_000;
			delays.push(at - lastStamp);
		}
		known += text.length;
	};
	const show = ({ type, content = '', streaming, outcome }: ShownMessage, at: number) => {
		if (type !== 'final') return;
		take(content.slice(known), at);
		if (outcome === 'failed') throw new Error('the run failed');
		if (streaming === false) ended ??= { endDelay: at - lastStamp };
	};
	const read = ({ entries, message, key, text }: StreamEvent, at: number) => {
		const changed = message?.key ?? key;
		if (changed !== undefined) changes.set(changed, [...(changes.get(changed) ?? []), at]);
		if (text !== undefined) take(text, at);
		for (const entry of entries ?? []) show(entry.message, at);
		if (message !== undefined) show(message, at);
	};

	for await (const { data, at } of eventsAt(`${address}/api/threads/${id}/events`)) {
		read(JSON.parse(data) as StreamEvent, at);
		if (ended !== null) break;
	}
	if (ended === null) throw new Error('the stream ended before the final did');
	const { endDelay } = ended as { endDelay: number };
	return { delays, endDelay, changes, finalChars: known };
}

/** The data of each event of a stream, and when it came. Leaving the loop closes the connection. */
async function* eventsAt(url: string): AsyncGenerator<{ data: string; at: number }> {
	const response = await new Promise<IncomingMessage>((resolve, reject) => get(url, resolve).on('error', reject));
	response.setEncoding('utf8');
	let rest = '';
	for await (const part of response) {
		const at = now();
		rest += part;
		for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
			const data = rest
				.slice(0, end)
				.split('\n')
				.find((line) => line.startsWith('data: '));
			rest = rest.slice(end + 2);
			if (data !== undefined) yield { data: data.slice(6), at };
		}
	}
}
