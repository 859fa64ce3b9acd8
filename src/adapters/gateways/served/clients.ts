import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ClientSettings } from '../../../core/client.ts';
import type { Principal } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { API_PLACE } from '../shared/client-session.ts';
import { Refusal } from '../shared/refusal.ts';

/** Another system that has shown who it is. */
export interface Client {
	readonly name: string;
	readonly principal: Principal;
}

/** The other systems that may ask. */
export interface ClientBook {
	/** Whether there is any. */
	readonly isOpen: boolean;
	/** Whose token a request bears. Throws a `Refusal` that says what is missing. */
	of(request: { headers: IncomingHttpHeaders }): Client;
	/** A client that has shown who it is, by its name. Throws a `Refusal` when it is none. */
	named(name: string): Client;
	has(name: string): boolean;
}

export function createClientBook(clients: readonly ClientSettings[], say: Say): ClientBook {
	const known = clients.map(({ name, token }) => ({ digest: digestOf(token), client: clientNamed(name) }));
	return {
		isOpen: known.length > 0,
		of({ headers }) {
			if (known.length === 0) throw new Refusal(404, 'not_served', say('served.off'));
			const [, token] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
			const given = digestOf(token ?? '');
			// Every one is looked at, so that the time tells nothing.
			const [found] = known.filter(({ digest }) => timingSafeEqual(digest, given));
			if (found === undefined) throw new Refusal(401, 'invalid_api_key', say('served.wrong_token'));
			return found.client;
		},
		named(name) {
			const found = known.find(({ client }) => client.name === name);
			if (found === undefined) throw new Refusal(401, 'invalid_api_key', say('served.wrong_token'));
			return found.client;
		},
		has: (name) => clients.some((client) => client.name === name),
	};
}

const digestOf = (token: string) => createHash('sha256').update(token).digest();

const clientNamed = (name: string): Client => ({
	name,
	principal: { ...API_PLACE, user: name, roles: [], kind: 'member', name },
});
