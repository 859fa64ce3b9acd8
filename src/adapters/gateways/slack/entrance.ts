import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../../../core/clock.ts';
import { BotError, messageOf } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import type { SignatureGuard } from './signature-guard.ts';

/** Where Slack sends everything, as the manifest of an app without socket mode says. */
export const REQUEST_PATH = '/slack/events';
/** Longest request in bytes; Slack's own are far below. */
const MAX_BODY = 1024 * 1024;
/** What is being answered when the gateway stops has this long (ms) to end. */
const GRACE_MS = 1000;

export interface EntranceOptions {
	host: string;
	/** 0: any free one. */
	port: number;
	/** Null: nothing but the pages of an installation is served. */
	guard: SignatureGuard | null;
	/** Bolt's own; takes bodies that have been read already. */
	listener: RequestListener;
	clock: Clock;
	say: Say;
}

/** Where Slack and the browsers of those who install the app come in over HTTP. */
export interface Entrance {
	/** Throws `config_invalid` when the address cannot be used. */
	start(): Promise<void>;
	/** The port it listens on. */
	port(): number;
	stop(): Promise<void>;
}

export function createEntrance({ host, port, guard, listener, clock, say }: EntranceOptions): Entrance {
	const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const { pathname } = new URL(request.url ?? '/', 'http://slack');
		if (request.method !== 'POST') return listener(request, response);
		if (pathname !== REQUEST_PATH || guard === null) return end(response, 404);
		const body = await bodyOf(request);
		if (body === null) return end(response, 413);
		// Slack looks from time to time whether somebody is there, unsigned and with nothing to do.
		if (body.toString() === 'ssl_check=1') return end(response, 200);
		const signature = guard.admit(request.headers, body);
		if (signature === null) return end(response, 401);
		response.on('close', () => {
			const isTaken = response.writableFinished && response.statusCode < 300;
			if (!isTaken) guard.release(signature);
		});
		return listener(Object.assign(request, { rawBody: body }), response);
	};

	const server: Server = createServer((request, response) => {
		// Bolt throws for pages that it does not have.
		handle(request, response).catch(() => end(response, 404));
	});

	return {
		async start() {
			const { promise, resolve, reject } = Promise.withResolvers<void>();
			server.once('error', reject).listen(port, host, resolve);
			await promise.catch((cause: unknown) => {
				const userMessage = say('slack.port_unusable', { host, port: String(port), reason: messageOf(cause) });
				throw new BotError('config_invalid', `cannot listen on port ${port}`, { cause, userMessage });
			});
		},
		port() {
			const bound = server.address();
			return typeof bound === 'object' && bound !== null ? bound.port : port;
		},
		async stop() {
			if (!server.listening) return;
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			const cancel = clock.after(GRACE_MS, () => server.closeAllConnections());
			await closed.finally(cancel);
		},
	};
}

function end(response: ServerResponse, status: number): void {
	if (!response.headersSent) response.writeHead(status);
	response.end();
}

/** Null when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of request) {
		size += part.length;
		if (size > MAX_BODY) return null;
		parts.push(part);
	}
	return Buffer.concat(parts);
}
