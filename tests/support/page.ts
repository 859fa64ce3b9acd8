import type { PlacedMessage } from '../../src/core/gateway.ts';
import { type CommandOptions, type Running, startScript } from './command.ts';

/** The page's server, spoken to over HTTP as the page does. */
export interface Page {
	address: string;
	/** Asks a question in a new thread; the result is the thread's id. */
	ask(question: string): Promise<string>;
	post(path: string, body?: unknown): Promise<Response>;
	/** The thread as it stands. Throws when it does not exist. */
	thread(id: string): Promise<readonly PlacedMessage[]>;
	threads(): Promise<readonly { id: string; title: string; state: string; outcome: string | null }[]>;
	/** The thread as soon as `isDone` says so of it. */
	until(id: string, isDone: (messages: readonly PlacedMessage[]) => boolean): Promise<readonly PlacedMessage[]>;
}

const PAUSE_MS = 25;
const TRIES = 800;

/** Starts `script` with `args` on a free port, in a process of its own, and waits until it listens. */
export async function startPage(
	script: string,
	args: readonly string[],
	options: CommandOptions,
): Promise<Page & { running: Running }> {
	const running = startScript(script, args, { ...options, env: { ...options.env, PORT: '0' } });
	const text = await running.shows(/http:\/\/(?:127\.0\.0\.1|localhost):\d+/);
	const [address = ''] = /http:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(text) ?? [];
	return { running, ...pageAt(address) };
}

/** The page's server at an address. `cookie` is what signing in gave. */
export function pageAt(address: string, cookie = ''): Page {
	const post = (path: string, body: unknown = {}) =>
		fetch(address + path, {
			method: 'POST',
			headers: { 'content-type': 'application/json', cookie },
			body: JSON.stringify(body),
		});
	const get = (path: string, signal: AbortSignal | null = null) =>
		fetch(address + path, { headers: { cookie }, signal });
	const thread = (id: string) => snapshotOf((signal) => get(`/api/threads/${id}/events`, signal));
	return {
		address,
		post,
		thread,
		async ask(question) {
			const response = await post('/api/threads', { question });
			const { id } = (await response.json()) as { id: string };
			return id;
		},
		async threads() {
			const response = await get('/api/threads');
			return ((await response.json()) as { threads: Awaited<ReturnType<Page['threads']>> }).threads;
		},
		async until(id, isDone) {
			for (let tries = 0; tries < TRIES; tries += 1) {
				const messages = await thread(id);
				if (isDone(messages)) return messages;
				// Another process writes the thread: there is nothing else to wait for.
				await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
			}
			throw new Error(`the thread is not done: ${JSON.stringify(await thread(id)).slice(-2_000)}`);
		},
	};
}

export const isFinal = (messages: readonly PlacedMessage[]) =>
	messages.some(({ message }) => message.type === 'final' && message.outcome !== null);

/** The first event of the stream holds the whole thread. */
async function snapshotOf(open: (signal: AbortSignal) => Promise<Response>): Promise<readonly PlacedMessage[]> {
	const stop = new AbortController();
	const response = await open(stop.signal);
	if (!response.ok || response.body === null) throw new Error(`${response.status} ${await response.text()}`);
	let text = '';
	for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
		text += part;
		const [, data] = /event: snapshot\n(?:id: .*\n)?data: (.*)\n\n/.exec(text) ?? [];
		if (data === undefined) continue;
		stop.abort();
		return (JSON.parse(data) as { entries: PlacedMessage[] }).entries;
	}
	throw new Error(`no snapshot: ${text}`);
}
