import { randomUUID } from 'node:crypto';
import type { McpServer, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import type { Client } from './clients.ts';

/** Sessions at a time; beyond them the one that was used longest ago ends. */
const MOST_SESSIONS = 256;

type Transport = WebStandardStreamableHTTPServerTransport;

/** The sessions of MCP clients of the revisions before 2026-07-28: a call is cancelled by a request of its own there. */
export interface McpSessions {
	/** Answers a request; `body` is what it holds. */
	serve(request: Request, body: unknown, client: Client): Promise<Response>;
	close(): Promise<void>;
}

export async function loadMcpSessions(serverFor: (client: Client) => McpServer): Promise<McpSessions> {
	const { WebStandardStreamableHTTPServerTransport } = await import('@modelcontextprotocol/server');
	/** Least recently used first. */
	const sessions = new Map<string, { client: string; transport: Transport }>();

	const begin = async (client: Client): Promise<Transport> => {
		const transport = new WebStandardStreamableHTTPServerTransport({
			sessionIdGenerator: randomUUID,
			onsessioninitialized(id) {
				sessions.set(id, { client: client.name, transport });
				const [oldest] = sessions;
				if (sessions.size > MOST_SESSIONS && oldest !== undefined) void oldest[1].transport.close();
			},
		});
		await serverFor(client).connect(transport);
		const { onclose } = transport;
		transport.onclose = () => {
			if (transport.sessionId !== undefined) sessions.delete(transport.sessionId);
			onclose?.();
		};
		return transport;
	};

	return {
		async serve(request, body, client) {
			const id = request.headers.get('mcp-session-id');
			if (id === null) return (await begin(client)).handleRequest(request, { parsedBody: body });
			const known = sessions.get(id);
			// Nobody else's session is known to a client.
			if (known === undefined || known.client !== client.name) return unknown();
			sessions.delete(id);
			sessions.set(id, known);
			return known.transport.handleRequest(request, { parsedBody: body });
		},
		async close() {
			await Promise.all([...sessions.values()].map(({ transport }) => transport.close()));
		},
	};
}

/** The client greets anew then, by the specification. */
const unknown = () =>
	Response.json({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }, { status: 404 });
