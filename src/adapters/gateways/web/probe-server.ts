import type { FastifyInstance } from 'fastify';
import type { Say } from '../../../core/say.ts';
import { addErrorReplies } from './error-replies.ts';
import { createGuard } from './guard.ts';
import { listenProblem } from './listen-problem.ts';
import { addProbeRoutes, type Probes } from './probe-routes.ts';
import { securityHeaders } from './security-headers.ts';

export interface ProbeServerOptions {
	/** What to listen on: an address or a name of this machine. */
	host: string;
	port: number;
	probes: Probes;
	say: Say;
	/** One sentence about something that went wrong and is nobody's fault who asks. */
	onProblem(text: string): void;
}

/** `/healthz`, `/readyz` and `/metrics` of a process that has no page. */
export interface ProbeServer {
	/** Throws `config_invalid` when the address cannot be used. */
	start(): Promise<void>;
	stop(): Promise<void>;
}

export function createProbeServer(options: ProbeServerOptions): ProbeServer {
	const { host, port, probes, say } = options;
	let server: FastifyInstance | null = null;
	return {
		async start() {
			const { fastify } = await import('fastify');
			server = fastify({ requestTimeout: 30_000, forceCloseConnections: true });
			const guard = createGuard(host, say);
			server.addHook('onRequest', async (request, reply) => {
				reply.headers(securityHeaders);
				guard(request);
			});
			addErrorReplies(server, say, options.onProblem);
			addProbeRoutes(server, probes, say);
			await server.listen({ host, port }).catch(async (cause: unknown) => {
				await server?.close();
				throw listenProblem(cause, { host, port, variable: 'PROBE_PORT' }, say);
			});
		},
		async stop() {
			await server?.close();
		},
	};
}
