import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../shared/refusal.ts';
import { A2A_VERSIONS, agentCard, legacyFields } from './a2a-card.ts';
import { createA2aHandler } from './a2a-handler.ts';
import { clientLimit } from './limits.ts';
import type { ServedParts } from './parts.ts';

const PATH = '/a2a';
/** Where other agents look first. */
const CARD = '/.well-known/agent-card.json';

/** Who answers here, for everybody: it names no team. */
export function addCardRoute(app: FastifyInstance, parts: ServedParts): void {
	app.get(CARD, async (request, reply) => {
		if (!parts.clients.isOpen) throw new Refusal(404, 'not_served', parts.say('served.off'));
		const { AgentCard } = await import('@a2a-js/sdk');
		const url = addressOf(request);
		const card = AgentCard.toJSON(agentCard(url, parts.version)) as Record<string, unknown>;
		return reply.header('cache-control', 'no-cache').send({ ...card, ...legacyFields(url) });
	});
}

/** A team as an A2A agent over JSON-RPC, for clients of 1.0 and 0.3. */
export function addA2aRoutes(app: FastifyInstance, parts: ServedParts): void {
	app.post(PATH, clientLimit(parts.clients), async (request, reply) => {
		const { transport, context, errorOf } = await openTransport(request, reply, parts);
		const body = Object(request.body) as Record<string, unknown>;
		const failed = (thrown: unknown) => ({ jsonrpc: '2.0', id: body.id ?? null, error: errorOf(thrown) });
		if (context === null) return failed(transport);
		const answer = await transport.handle(body, context);
		if (!(Symbol.asyncIterator in answer)) return answer;
		// What is refused before the first event is an answer of its own.
		const first = await answer.next().catch((thrown: unknown) => ({ refused: failed(thrown) }));
		if ('refused' in first) return first.refused;
		reply.hijack();
		const headers = Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]);
		const out = reply.raw;
		out.writeHead(200, { ...Object.fromEntries(headers), ...EVENTS });
		out.on('error', () => out.destroy());
		const send = (event: unknown) => void (out.writable && out.write(`data: ${JSON.stringify(event)}\n\n`));
		try {
			if (first.done !== true) send(first.value);
			for await (const event of answer) send(event);
		} catch (thrown) {
			send(failed(thrown));
		}
		if (out.writable) out.end();
		return reply;
	});
}

const EVENTS = {
	'content-type': 'text/event-stream; charset=utf-8',
	'cache-control': 'no-store',
	'x-accel-buffering': 'no',
};

/** The SDK's own transport of the revision that is asked for; with `context` null it is the reason why there is none. */
async function openTransport(request: FastifyRequest, reply: FastifyReply, parts: ServedParts) {
	const client = parts.clients.of(request);
	const [core, errors, server, legacy] = await Promise.all([
		import('@a2a-js/sdk'),
		import('@a2a-js/sdk/errors'),
		import('@a2a-js/sdk/server'),
		import('@a2a-js/sdk/compat/v0_3/server'),
	]);
	const gone = new AbortController();
	reply.raw.on('close', () => gone.abort(new Refusal(499, 'gone', 'the client has left')));
	const handler = createA2aHandler({ core, errors }, parts, { client, url: addressOf(request), signal: gone.signal });
	const requestedVersion = String(request.headers['a2a-version'] ?? '0.3');
	const { JsonRpcTransportHandler } = server;
	const { LegacyJsonRpcTransportHandler } = legacy;
	if (requestedVersion === '0.3') {
		const context = new server.ServerCallContext({ requestedVersion });
		const errorOf = LegacyJsonRpcTransportHandler.mapToLegacyJSONRPCError;
		return { transport: new LegacyJsonRpcTransportHandler(handler), context, errorOf };
	}
	const errorOf = JsonRpcTransportHandler.mapToJSONRPCError;
	if (requestedVersion !== '1.0') {
		const known = A2A_VERSIONS.join(', ');
		const reason = new errors.VersionNotSupportedError(`A2A ${requestedVersion} is not spoken here; ${known} are.`);
		return { transport: reason, context: null, errorOf };
	}
	const context = new server.ServerCallContext({ requestedVersion });
	return { transport: new JsonRpcTransportHandler(handler), context, errorOf };
}

/** As the client reaches it. A proxy that speaks TLS to it says so. */
function addressOf({ headers, protocol, host }: FastifyRequest): string {
	return `${headers['x-forwarded-proto'] === 'https' ? 'https' : protocol}://${host}${PATH}`;
}
