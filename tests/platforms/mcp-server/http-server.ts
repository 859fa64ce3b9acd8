import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerTo, type Behaviour, partsOf } from './behaviour.ts';
import type { LoginServer } from './login-server.ts';

export interface McpHttpServer {
	url: string;
	/** Bodies of all messages that came in. */
	readonly received: readonly Record<string, unknown>[];
	readonly headers: readonly IncomingMessage['headers'][];
	/** Resolves with a message of this method, as soon as one has come in. */
	saw(method: string): Promise<Record<string, unknown>>;
	/** Tells clients that the tools are others now; how many listen. */
	announceTools(): number;
	close(): Promise<void>;
}

/**
 * An MCP server over streamable HTTP on this machine. `json`: it answers with bodies instead of streams. `login`: who
 * comes without the token of this server is sent there.
 */
export async function startMcpHttpServer(
	behaviour: Behaviour,
	options: { json?: boolean; login?: LoginServer } = {},
): Promise<McpHttpServer> {
	const received: Record<string, unknown>[] = [];
	const headers: IncomingMessage['headers'][] = [];
	const listeners = new Set<ServerResponse>();
	const waiting = new Set<() => void>();

	const post = async (request: IncomingMessage, response: ServerResponse) => {
		const message = JSON.parse(await bodyOf(request)) as Record<string, unknown>;
		received.push(message);
		for (const look of waiting) look();
		headers.push(request.headers);
		const reply = answerTo(message, behaviour);
		if (reply === null) return void response.writeHead(202).end();
		response.writeHead(200, { 'content-type': options.json ? 'application/json' : 'text/event-stream' });
		if (reply.type === 'silence') {
			response.flushHeaders();
			return;
		}
		for (const part of partsOf(message, reply)) {
			if (part === null) return void response.destroy();
			response.write(options.json ? part : part.replace(/^/gm, 'data: ').concat('\n\n'));
		}
		response.end();
	};

	const isRefused = (request: IncomingMessage, response: ServerResponse): boolean => {
		const { login } = options;
		if (login === undefined || request.headers.authorization === `Bearer ${login.token}`) return false;
		const metadata = new URL('/metadata', `http://${request.headers.host}`);
		if (request.url === metadata.pathname) {
			const resource = new URL('/mcp', metadata).href;
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ resource, authorization_servers: [login.url] }));
		} else response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${metadata}"` }).end();
		return true;
	};

	const server = createServer((request, response) => {
		if (isRefused(request, response)) return;
		if (request.method === 'POST') return void post(request, response).catch(() => response.destroy());
		if (request.method !== 'GET') return void response.writeHead(405).end();
		response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
		listeners.add(response);
		response.on('close', () => listeners.delete(response));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
		received,
		headers,
		saw: (method) =>
			new Promise((resolve) => {
				const look = () => {
					const found = received.find((message) => message.method === method);
					if (found === undefined) return;
					waiting.delete(look);
					resolve(found);
				};
				waiting.add(look);
				look();
			}),
		announceTools() {
			const message = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
			for (const listener of listeners) listener.write(`data: ${message}\n\n`);
			return listeners.size;
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}
