import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Say } from '../../../core/say.ts';
import { Refusal } from '../shared/refusal.ts';
import { isLoopback } from './loopback.ts';
import { securityHeaders } from './security-headers.ts';

/** Puts the security headers on every answer, and lets no request by that another site made a browser send. */
export function addGuard(app: FastifyInstance, host: string, say: Say): void {
	const guard = createGuard(host, say);
	app.addHook('onRequest', async (request, reply) => {
		reply.headers(securityHeaders);
		guard(request);
	});
}

/**
 * Refuses requests that another site made a browser send. `host` is what the server listens on: on loopback the
 * `Host` header must name this machine, or a name that an attacker lets point to 127.0.0.1 would get in.
 */
function createGuard(host: string, say: Say): (request: FastifyRequest) => void {
	const names = isLoopback(host) ? new Set(['127.0.0.1', 'localhost', '[::1]', bracketed(host)]) : null;
	return ({ headers, method }) => {
		if (names !== null && !names.has(nameOf(headers.host))) {
			throw new Refusal(403, 'host_refused', say('web.host_refused'));
		}
		if (method === 'GET' || method === 'HEAD') return;
		if (!isSameOrigin(headers)) throw new Refusal(403, 'origin_refused', say('web.origin_refused'));
		// A page elsewhere cannot send DELETE without asking first.
		if (method === 'DELETE') return;
		if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
			throw new Refusal(415, 'not_json', say('web.not_json'));
		}
	};
}

/** Browsers name the origin of every POST; a client that names none is no browser and carries nobody's cookie. */
function isSameOrigin({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
	if (site !== undefined && site !== 'same-origin') return false;
	return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host?.toLowerCase());
}

/** The name in a `Host` header, without the port; empty when it has none. */
function nameOf(header: string | undefined): string {
	const address = `http://${header}`;
	if (header === undefined || /[@/?#\\]/.test(header) || !URL.canParse(address)) return '';
	return new URL(address).hostname;
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);
