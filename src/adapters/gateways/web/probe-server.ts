import type { FastifyInstance } from 'fastify';
import type { Say } from '../../../core/say.ts';
import { addErrorReplies } from './error-replies.ts';
import { addGuard } from './guard.ts';
import { listenAt } from './listen-at.ts';
import { addProbeRoutes, type Probes } from './probe-routes.ts';

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
			addGuard(server, host, say);
			addErrorReplies(server, say, options.onProblem);
			addProbeRoutes(server, probes, say);
			await listenAt(server, { host, port, variable: 'PROBE_PORT' }, say);
		},
		async stop() {
			await server?.close();
		},
	};
}
