import type { ServerResponse } from 'node:http';
import type { Clock } from '../../../core/clock.ts';
import { type ChatHead, firstChunk, lastChunk, progressChunk, textChunk, usageChunk } from './chat-bodies.ts';
import { createGrowingText } from './growing-text.ts';
import type { RunState } from './run-state.ts';

/** Clients and proxies give up on a connection that is silent for longer. */
const HEARTBEAT_MS = 15_000;

export interface ChatStream {
	tell(state: RunState): void;
	/** The whole of the answer has been told. */
	finish(state: RunState, url: string): void;
	/** There is no answer; `body` says why. */
	fail(body: unknown): void;
}

/** An answer as server-sent events in OpenAI's form. The head of the response has not been written. */
export function createChatStream(
	out: ServerResponse,
	head: ChatHead,
	{ clock, withUsage, headers }: { clock: Clock; withUsage: boolean; headers: Readonly<Record<string, string>> },
): ChatStream {
	const grow = createGrowingText();
	let shown = '';
	let cancelBeat = () => {};
	const send = (data: unknown) => void (out.writable && out.write(`data: ${JSON.stringify(data)}\n\n`));
	const end = () => {
		cancelBeat();
		if (out.writable) out.end('data: [DONE]\n\n');
	};
	const beat = () => {
		if (out.writable) out.write(': still at it\n\n');
		cancelBeat = clock.after(HEARTBEAT_MS, beat);
	};
	out.writeHead(200, {
		...headers,
		'content-type': 'text/event-stream; charset=utf-8',
		'cache-control': 'no-store',
		'x-accel-buffering': 'no',
	});
	out.on('close', () => cancelBeat());
	out.on('error', () => out.destroy());
	cancelBeat = clock.after(HEARTBEAT_MS, beat);
	send(firstChunk(head));

	const tell = ({ progress, text, result }: RunState) => {
		const newest = JSON.stringify(progress);
		if (newest !== shown) send(progressChunk(head, progress));
		shown = newest;
		const more = grow(text, result !== null);
		if (more !== '') send(textChunk(head, more));
	};

	return {
		tell,
		finish(state, url) {
			send(lastChunk(head, state, url));
			if (withUsage) send(usageChunk(head, state));
			end();
		},
		fail(body) {
			send(body);
			end();
		},
	};
}
