import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import type { Gateway, GatewayHost, ThreadMessage } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { createThreadCache, type ThreadCache } from '../shared/thread-cache.ts';
import { displayIn } from '../shared/thread-display.ts';
import { boundedHost } from './bounded-host.ts';
import { listenAt } from './listen-at.ts';
import { isLoopback } from './loopback.ts';
import { createPageForms } from './page-forms.ts';
import type { Probes } from './probe-routes.ts';
import { createSignIn } from './sign-in.ts';
import { createSubmissions } from './submissions.ts';
import { createWebServer } from './web-server.ts';

export interface WebGatewayOptions {
	/** What to listen on: an address or a name of this machine. */
	host: string;
	/** 0: any free one. */
	port: number;
	/** What people must know to use the page; may be null on loopback only. */
	token: string | null;
	/** Folder of the built page. */
	assets: URL;
	clock: Clock;
	say: Say;
	version: string;
	/** What is told to those who watch the program. */
	probes: Probes;
	/** One sentence about something that went wrong and is nobody's fault at the page. */
	onProblem(text: string): void;
}

export interface WebGateway extends Gateway<ThreadMessage> {
	/** Where to open the page. Throws before `start`. */
	address(): string;
	/** What is shown on the page, for others who show it too. */
	readonly threads: ThreadCache;
	/** Has `add` add what else is served at the page's address. Before `start`. */
	serveToo(add: (app: FastifyInstance) => Promise<void>): void;
}

/**
 * The page and its HTTP interface. `start` throws `config_invalid` when the address cannot be used, or when other
 * machines could reach the page without a token.
 */
export function createWebGateway(options: WebGatewayOptions): WebGateway {
	const { host: hostname, port, token, clock, say } = options;
	const boot = randomBytes(6).toString('hex');
	const streams = new Set<ServerResponse>();
	let host: GatewayHost | null = null;
	let server: FastifyInstance | null = null;
	let addOthers = async (_app: FastifyInstance): Promise<void> => {};

	const theHost = (): GatewayHost => {
		if (host !== null) return host;
		throw new BotError('bug', 'the web gateway was not started');
	};
	const threads = createThreadCache((session) => theHost().thread(session));
	const forms = createPageForms();
	const submissions = createSubmissions((inbound) => theHost().receive(inbound));

	return {
		threads,
		serveToo(add) {
			addOthers = add;
		},
		name: 'web',
		...displayIn(threads),
		async start(given) {
			if (token === null && !isLoopback(hostname)) {
				const userMessage = say('web.token_needed', { host: hostname });
				throw new BotError('config_invalid', `WEB_TOKEN is needed on ${hostname}`, { userMessage });
			}
			host = boundedHost(given, clock, say);
			const signIn = createSignIn({ token, name: `massgen_${port}`, clock });
			const parts = { threads, submissions, forms, signIn, boot, streams };
			server = await createWebServer({ ...options, hostname, host, addOthers, ...parts });
			await listenAt(server, { host: hostname, port, variable: 'PORT' }, say);
		},
		address: () => `http://${nameFor(hostname)}:${portOf(server)}`,
		standing: async () => ({ kind: 'member', roles: [], name: null }),
		elicit: forms.put,
		async reply(inbound, text) {
			if (!submissions.take(inbound, text)) options.onProblem(text);
		},
		async stop() {
			forms.end();
			for (const stream of streams) stream.end();
			await server?.close();
		},
	};
}

/** What to type for it in a browser on this machine. */
function nameFor(hostname: string): string {
	if (hostname === '0.0.0.0' || hostname === '::') return 'localhost';
	return hostname.includes(':') ? `[${hostname}]` : hostname;
}

function portOf(server: FastifyInstance | null): number {
	const bound = server?.server.address();
	if (typeof bound === 'object' && bound !== null) return bound.port;
	throw new BotError('bug', 'the web gateway does not listen');
}
