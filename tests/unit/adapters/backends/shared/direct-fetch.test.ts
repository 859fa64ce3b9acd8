import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { bodyOf, directFetch } from '../../../../../src/adapters/backends/shared/direct-fetch.ts';

/** More than Node keeps by itself. */
const CROWD = 300;

/** Answers when so many requests have come; counts the connections they came on. */
async function startPatientServer(crowd: number) {
	let connections = 0;
	let waiting: ServerResponse[] = [];
	const server = createServer((_, response) => {
		waiting.push(response);
		if (waiting.length < crowd) return;
		for (const one of waiting) one.end('done');
		waiting = [];
	});
	server.on('connection', () => {
		connections += 1;
	});
	server.listen({ port: 0, host: '127.0.0.1', backlog: crowd });
	await once(server, 'listening');
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}`, connections: () => connections };
}

it('calls a crowd a second time on the connections of the first', async () => {
	const server = await startPatientServer(CROWD);
	const callAll = () =>
		Promise.all(
			Array.from({ length: CROWD }, async () => {
				const body = bodyOf(await directFetch(server.url, { method: 'POST', body: '{}' })).resume();
				await once(body, 'close');
			}),
		);
	await callAll();
	await callAll();
	expect(server.connections()).toBe(CROWD);
});
