import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../../core/clock.ts';
import { MAX_QUESTION } from '../../../core/run.ts';
import type { Say } from '../../../core/say.ts';
import { Refusal } from '../shared/refusal.ts';
import { addActionRoutes } from './action-routes.ts';
import { addCommandRoute } from './command-route.ts';
import { addDecisionRoute } from './decision-route.ts';
import { addErrorReplies } from './error-replies.ts';
import { addEventRoute, type EventRouteOptions } from './event-route.ts';
import { addFileRoute } from './file-route.ts';
import { addFormRoute } from './form-route.ts';
import { addGuard } from './guard.ts';
import { addPageRoutes } from './page-routes.ts';
import { addProbeRoutes, type Probes } from './probe-routes.ts';
import type { SignIn } from './sign-in.ts';
import { addSignInRoutes } from './sign-in-routes.ts';
import { addThreadRoutes, type ThreadRouteOptions } from './thread-routes.ts';

export interface WebServerOptions extends ThreadRouteOptions, EventRouteOptions {
	/** What it will listen on. */
	hostname: string;
	signIn: SignIn;
	assets: URL;
	version: string;
	probes: Probes;
	clock: Clock;
	say: Say;
	onProblem(text: string): void;
	/** Adds what else is served at this address. */
	addOthers(app: FastifyInstance): Promise<void>;
}

/** Longest body of a request in bytes: a question of 100,000 characters fits, however it is escaped. */
const BODY_LIMIT = 1_048_576;

/** The server with its routes, before it listens. */
export async function createWebServer(options: WebServerOptions): Promise<FastifyInstance> {
	const { host, signIn, version, say } = options;
	const [{ fastify }, { fastifyRateLimit }] = await Promise.all([import('fastify'), import('@fastify/rate-limit')]);
	const app = fastify({
		bodyLimit: BODY_LIMIT,
		/** To send the whole request, in milliseconds; streams of events are answers and last. */
		requestTimeout: 30_000,
		keepAliveTimeout: 10_000,
		forceCloseConnections: true,
	});
	addGuard(app, options.hostname, say);
	acceptJson(app);
	addErrorReplies(app, say, options.onProblem);
	await app.register(fastifyRateLimit, {
		global: false,
		errorResponseBuilder: (_request, { ttl }) =>
			new Refusal(429, 'rate_limited', say('web.rate_limited', { seconds: Math.ceil(ttl / 1000) })),
	});
	addProbeRoutes(app, options.probes, say);
	addSignInRoutes(app, signIn, say);
	await app.register(
		async (api) => {
			api.addHook('onRequest', async ({ headers }, reply) => {
				reply.header('cache-control', 'no-store');
				if (!signIn.isSignedIn(headers.cookie)) throw new Refusal(401, 'sign_in', say('web.sign_in'));
			});
			api.get('/info', async () => {
				const limits = { question: MAX_QUESTION };
				const about = { version, limits, signedIn: true, tokenNeeded: signIn.isNeeded, now: options.clock.now() };
				return { ...about, ...(await host.teams()) };
			});
			addThreadRoutes(api, options);
			addActionRoutes(api, options);
			addCommandRoute(api, options);
			addDecisionRoute(api, options);
			addFileRoute(api, options);
			addFormRoute(api, options);
			addEventRoute(api, options);
		},
		{ prefix: '/api' },
	);
	await options.addOthers(app);
	await addPageRoutes(app, options.assets);
	return app;
}

/** JSON and nothing else; a command without options may have an empty body. */
function acceptJson(app: FastifyInstance): void {
	const parse = app.getDefaultJsonParser('error', 'error');
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
		const text = body.toString();
		if (text === '') done(null, {});
		else parse(request, text, done);
	});
}
