import type { PlacedMessage } from '../../src/core/gateway.ts';
import { type CommandOptions, type Running, startScript } from './command.ts';

/** The page's server in a process of its own, spoken to over HTTP as the page does. */
export interface Page {
	running: Running;
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

/** Starts `script` with `args` on a free port and waits until it listens. */
export async function startPage(script: string, args: readonly string[], options: CommandOptions): Promise<Page> {
	const running = startScript(script, args, { ...options, env: { ...options.env, PORT: '0' } });
	const text = await running.shows(/http:\/\/127\.0\.0\.1:\d+/);
	const [address = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
	const post = (path: string, body: unknown = {}) =>
		fetch(address + path, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
	const thread = (id: string) => snapshotOf(`${address}/api/threads/${id}/events`);
	return {
		running,
		address,
		post,
		thread,
		async ask(question) {
			const response = await post('/api/threads', { question });
			const { id } = (await response.json()) as { id: string };
			return id;
		},
		async threads() {
			const response = await fetch(`${address}/api/threads`);
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
async function snapshotOf(url: string): Promise<readonly PlacedMessage[]> {
	const stop = new AbortController();
	const response = await fetch(url, { signal: stop.signal });
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
