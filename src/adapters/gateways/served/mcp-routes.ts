import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Client } from './clients.ts';
import { clientLimit } from './limits.ts';
import { loadMcpServer } from './mcp-server.ts';
import { loadMcpSessions } from './mcp-sessions.ts';
import type { ServedParts } from './parts.ts';

interface McpEndpoint {
	serve(request: Request, body: unknown, client: Client): Promise<Response>;
	close(): Promise<void>;
}

/** A team as a tool of an MCP server, at `/mcp`: streamable HTTP, of the revisions before and from 2026-07-28. */
export function addMcpRoutes(app: FastifyInstance, parts: ServedParts): void {
	let opening: Promise<McpEndpoint> | null = null;
	const endpoint = (): Promise<McpEndpoint> => {
		opening ??= open(parts);
		return opening;
	};
	const handler = async (request: FastifyRequest, reply: FastifyReply) => {
		const client = parts.clients.of(request);
		const gone = new AbortController();
		reply.raw.on('close', () => gone.abort());
		const { serve } = await endpoint();
		return reply.send(await serve(webRequestOf(request, gone.signal), request.body, client));
	};
	const limit = clientLimit(parts.clients);
	for (const method of ['GET', 'POST', 'DELETE'] as const) app.route({ method, url: '/mcp', ...limit, handler });
	app.addHook('onClose', async () => {
		if (opening !== null) await (await opening).close();
	});
}

async function open(parts: ServedParts): Promise<McpEndpoint> {
	const { createMcpHandler, isLegacyRequest } = await import('@modelcontextprotocol/server');
	const serverFor = await loadMcpServer(parts);
	const sessions = await loadMcpSessions(serverFor);
	const current = createMcpHandler(({ authInfo }) => serverFor(parts.clients.named(authInfo?.clientId ?? '')), {
		legacy: 'reject',
	});
	return {
		async serve(request, body, client) {
			if (await isLegacyRequest(request, body)) return sessions.serve(request, body, client);
			return current.fetch(request, { authInfo: { token: '', clientId: client.name, scopes: [] }, parsedBody: body });
		},
		async close() {
			await Promise.all([current.close(), sessions.close()]);
		},
	};
}

function webRequestOf({ method, url, headers, protocol, host }: FastifyRequest, signal: AbortSignal): Request {
	const given = Object.entries(headers).flatMap(([name, value]) =>
		value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as [string, string]],
	);
	return new Request(`${protocol}://${host}${url}`, { method, headers: given, signal });
}
