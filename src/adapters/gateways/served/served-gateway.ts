import type { FastifyInstance } from 'fastify';
import type { ClientSettings } from '../../../core/client.ts';
import type { Clock } from '../../../core/clock.ts';
import { BotError, messageOf } from '../../../core/errors.ts';
import type { Gateway, ThreadMessage } from '../../../core/gateway.ts';
import type { ProgramHost } from '../../../core/program-host.ts';
import type { Say } from '../../../core/say.ts';
import { pageNameOf } from '../shared/client-session.ts';
import type { ThreadCache } from '../shared/thread-cache.ts';
import { displayIn } from '../shared/thread-display.ts';
import { addA2aRoutes, addCardRoute } from './a2a-routes.ts';
import { createAskingRate } from './asking-rate.ts';
import { errorBody } from './chat-bodies.ts';
import { createClientBook } from './clients.ts';
import { addMcpRoutes } from './mcp-routes.ts';
import { addOpenAiRoutes } from './openai-routes.ts';
import type { ServedParts } from './parts.ts';
import { createQuestions } from './questions.ts';
import { refusalOf, refuse } from './refusal-of.ts';

export interface ServedGatewayOptions {
	clients: readonly ClientSettings[];
	/** The page: it shows what is asked here, at its own address, where this is served too. */
	page: {
		readonly threads: ThreadCache;
		address(): string;
		serveToo(add: (app: FastifyInstance) => Promise<void>): void;
	};
	clock: Clock;
	say: Say;
	version: string;
	/** One sentence about something that went wrong and is no client's fault. */
	onProblem(text: string): void;
}

export interface ServedGateway extends Gateway<ThreadMessage> {
	start(host: ProgramHost): Promise<void>;
}

/**
 * Where other systems ask: as OpenAI-compatible clients, MCP clients and A2A agents. Each is a client of the configuration
 * with a token of its own; without any, nothing is served. To be made before the page is started.
 */
export function createServedGateway(options: ServedGatewayOptions): ServedGateway {
	const { clients: settings, page, clock, say, version } = options;
	let host: ProgramHost | null = null;
	const theHost = (): ProgramHost => {
		if (host !== null) return host;
		throw new BotError('bug', 'the gateway for other systems was not started');
	};
	const onProblem = (error: unknown) => options.onProblem(say('served.problem', { reason: messageOf(error) }));
	const { threads } = page;
	const questions = createQuestions({
		host: theHost,
		threads,
		countQuestion: createAskingRate(clock, say),
		say,
		onProblem,
	});
	const clients = createClientBook(settings, say);
	const linkTo = (session: string) => `${page.address()}/t/${pageNameOf(session)}`;
	page.serveToo((app) => addRoutes(app, { clients, questions, host: theHost, linkTo, clock, say, version, onProblem }));

	return {
		name: 'api',
		...displayIn(threads),
		async start(given) {
			host = given;
		},
		standing: async (user) => ({ kind: clients.has(user) ? 'member' : 'stranger', roles: [], name: user }),
		linkTo: async (session) => linkTo(session),
		async reply(inbound, text) {
			if (!questions.take(inbound, text)) options.onProblem(text);
		},
		async stop() {
			questions.end();
		},
	};
}

async function addRoutes(app: FastifyInstance, parts: ServedParts): Promise<void> {
	await app.register(
		async (v1) => {
			asClient(v1, parts);
			v1.setErrorHandler((error, _request, reply) => {
				const refusal = refusalOf(error, parts);
				const { status, code, message } = refusal;
				return refuse(reply, refusal, errorBody(status, code, message));
			});
			addOpenAiRoutes(v1, parts);
		},
		{ prefix: '/v1' },
	);
	await app.register(async (rpc) => {
		asClient(rpc, parts);
		rpc.setErrorHandler((error, _request, reply) => {
			const refusal = refusalOf(error, parts);
			return refuse(reply, refusal, { jsonrpc: '2.0', id: null, error: { code: -32000, message: refusal.message } });
		});
		addMcpRoutes(rpc, parts);
		addA2aRoutes(rpc, parts);
	});
	await app.register(async (open) => {
		open.setErrorHandler((error, _request, reply) => {
			const refusal = refusalOf(error, parts);
			return refuse(reply, refusal, { error: { code: refusal.code, message: refusal.message } });
		});
		addCardRoute(open, parts);
	});
}

/** Lets nobody in but clients. */
function asClient(app: FastifyInstance, { clients }: ServedParts): void {
	app.addHook('onRequest', async (request, reply) => {
		reply.header('cache-control', 'no-store');
		clients.of(request);
	});
}
