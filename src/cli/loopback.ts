import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Consent } from '../core/mcp-settings.ts';

/** A page of this machine that a login comes back to, as RFC 8252 has it. */
export interface Loopback {
	consent: Consent;
	close(): Promise<void>;
}

export async function openLoopback(show: (url: string) => void): Promise<Loopback> {
	const back = Promise.withResolvers<URL>();
	const server = createServer((request, response) => {
		const url = new URL(request.url ?? '/', redirectUrl);
		const isAnswer = request.method === 'GET' && url.pathname === '/callback';
		response.writeHead(isAnswer ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
		response.end(isAnswer ? 'Thank you. This page can be closed.\n' : 'There is nothing here.\n');
		if (isAnswer) back.resolve(url);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const redirectUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
	return {
		consent: {
			redirectUrl,
			ask(url, signal) {
				show(url.href);
				signal.addEventListener('abort', () => back.reject(signal.reason), { once: true });
				return back.promise;
			},
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
