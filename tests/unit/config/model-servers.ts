import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TestServer {
	/** `http://127.0.0.1:PORT` */
	url: string;
	requests: { url: string; headers: IncomingMessage['headers'] }[];
}

/** A real HTTP server that answers each path with a status and JSON; other paths with 404. `silent` never answers. */
export async function serve(
	answers: Readonly<Record<string, [status: number, body: unknown] | 'silent'>>,
): Promise<TestServer> {
	const requests: TestServer['requests'] = [];
	const server = createServer((request, response) => {
		requests.push({ url: request.url ?? '', headers: request.headers });
		const answer = answers[request.url ?? ''] ?? [404, { error: 'no such path' }];
		if (answer === 'silent') return;
		response.writeHead(answer[0], { 'content-type': 'application/json' });
		response.end(typeof answer[1] === 'string' ? answer[1] : JSON.stringify(answer[1]));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => close(server));
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}`, requests };
}

/** An address at which nobody listens. */
export async function nobody(): Promise<string> {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	await close(server);
	return `http://127.0.0.1:${port}`;
}

async function close(server: Server): Promise<void> {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
}
