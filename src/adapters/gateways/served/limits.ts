import type { FastifyRequest } from 'fastify';
import type { ClientBook } from './clients.ts';

/** Requests of one client in a minute, questions or not. */
const PER_MINUTE = 600;

/** The limit of a route, counted for each client and not for its address. */
export const clientLimit = (clients: ClientBook) => ({
	config: {
		rateLimit: {
			max: PER_MINUTE,
			timeWindow: 60_000,
			keyGenerator: (request: FastifyRequest) => `client ${clients.of(request).name}`,
		},
	},
});
