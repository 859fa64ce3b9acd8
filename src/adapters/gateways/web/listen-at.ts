import type { FastifyInstance } from 'fastify';
import { BotError, messageOf } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';

interface Address {
	host: string;
	port: number;
	/** The variable that sets the port. */
	variable: string;
}

/** Has a server listen, and closes it when the address cannot be used: then it throws `config_invalid`. */
export async function listenAt(server: FastifyInstance, address: Address, say: Say): Promise<void> {
	await server.listen({ host: address.host, port: address.port }).catch(async (cause: unknown) => {
		await server.close();
		throw listenProblem(cause, address, say);
	});
}

/** Why nothing can be served at this address, and what to set instead. */
function listenProblem(cause: unknown, { host, port, variable }: Address, say: Say): BotError {
	const other = port < 65_535 ? port + 1 : port - 1;
	const values = { variable, host, port: String(port), other: String(other), reason: messageOf(cause) };
	const userMessage = say(keyOf(cause), values);
	return new BotError('config_invalid', `cannot listen on ${host}:${port}: ${messageOf(cause)}`, {
		cause,
		userMessage,
	});
}

function keyOf(cause: unknown): string {
	switch (cause instanceof Error && 'code' in cause ? cause.code : null) {
		case 'EADDRINUSE':
			return 'web.port_in_use';
		case 'EACCES':
			return 'web.port_denied';
		case 'EADDRNOTAVAIL':
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
			return 'web.host_unusable';
		default:
			return 'web.listen_failed';
	}
}
