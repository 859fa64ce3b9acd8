import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Say } from '../../../core/say.ts';
import { Refusal } from '../shared/refusal.ts';
import { isSame } from './is-same.ts';
import { isLoopback } from './loopback.ts';

/** What the program says of itself to those who watch it. */
export interface Probes {
	/** Why no work should be sent here now, in short words; none: it is ready. */
	problems(): Promise<readonly string[]>;
	/** In the text format of Prometheus. */
	metrics(): string;
	/** What a scraper must send; null: only programs of this machine may read the metrics. */
	metricsToken: string | null;
}

/** `/healthz`, `/readyz` and `/metrics`. */
export function addProbeRoutes(app: FastifyInstance, probes: Probes, say: Say): void {
	app.get('/healthz', async () => ({ status: 'ok' }));
	app.get('/readyz', async (_request, reply) => {
		const problems = await probes.problems();
		reply.header('cache-control', 'no-store');
		return problems.length === 0 ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', problems });
	});
	app.get('/metrics', async (request, reply) => {
		if (!mayRead(request, probes.metricsToken)) throw new Refusal(403, 'metrics_refused', say('web.metrics_refused'));
		return reply
			.header('cache-control', 'no-store')
			.type('text/plain; version=0.0.4; charset=utf-8')
			.send(probes.metrics());
	});
}

/** What came through a proxy of this machine did not come from this machine. */
function mayRead({ headers, socket }: FastifyRequest, token: string | null): boolean {
	if (token !== null) return isSame(headers.authorization ?? '', `Bearer ${token}`);
	const isForwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined);
	return !isForwarded && isLoopback((socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
}
