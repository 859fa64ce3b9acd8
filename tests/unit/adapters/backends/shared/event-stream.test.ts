import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bodyOf, directFetch } from '../../../../../src/adapters/backends/shared/direct-fetch.ts';
import { openEventStream } from '../../../../../src/adapters/backends/shared/event-stream.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

async function startServer(handle: Handle): Promise<string> {
	const server = createServer(handle);
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const streaming: Handle = (_, response) => {
	response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_1' });
};
const never = new AbortController().signal;
const turns = async (count: number) => {
	for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('a request', () => {
	it('sends method, headers and body, and tells status and headers of the answer', async () => {
		const origin = await startServer(async (request, response) => {
			let body = '';
			for await (const piece of request) body += piece;
			response.writeHead(200, { 'content-type': 'text/plain' });
			response.end(`${request.method} ${request.headers['x-a']} ${request.headers['content-length']} ${body}`);
		});
		const response = await directFetch(`${origin}/x`, { method: 'POST', headers: { 'X-A': 'b' }, body: 'grüß' });
		expect(response).toMatchObject({ ok: true, status: 200 });
		expect(response.headers.get('content-type')).toBe('text/plain');
		const pieces: string[] = [];
		for await (const piece of bodyOf(response)) pieces.push(String(piece));
		expect(pieces.join('')).toBe('POST b 6 grüß');
	});

	it('that is refused has all headers and a text, as of the global fetch', async () => {
		const origin = await startServer((_, response) => {
			response.writeHead(429, { 'retry-after': '7' });
			response.end('{"error":"slow down"}');
		});
		const response = await directFetch(origin);
		expect(response).toMatchObject({ ok: false, status: 429 });
		expect(response.headers.get('retry-after')).toBe('7');
		expect(await response.text()).toBe('{"error":"slow down"}');
	});

	it('follows a redirect that keeps its body', async () => {
		const origin = await startServer(async (request, response) => {
			if (request.url === '/old') return response.writeHead(307, { location: '/new' }).end();
			let body = '';
			for await (const piece of request) body += piece;
			return response.end(body);
		});
		const response = await directFetch(`${origin}/old`, { method: 'POST', body: 'kept' });
		expect(await response.text()).toBe('kept');
	});

	it('rejects when it is aborted before the answer, and closes its connection', async () => {
		const closed = Promise.withResolvers<void>();
		const reached = Promise.withResolvers<void>();
		const origin = await startServer((request) => {
			request.socket.on('close', () => closed.resolve());
			reached.resolve();
		});
		const control = new AbortController();
		const asked = directFetch(origin, { signal: control.signal });
		await reached.promise;
		control.abort(new Error('enough'));
		await expect(asked).rejects.toThrow('enough');
		await closed.promise;
	});
});

describe('an event stream', () => {
	it('gives one event after the other as they come, and null at the end', async () => {
		const server = Promise.withResolvers<ServerResponse>();
		const origin = await startServer((request, response) => {
			streaming(request, response);
			response.write('data: one\n\n');
			server.resolve(response);
		});
		const stream = openEventStream(await directFetch(origin), never);
		expect(await stream.next()).toMatchObject([{ data: 'one' }]);
		const second = stream.next();
		(await server.promise).end('data: two\n\n');
		expect(await second).toMatchObject([{ data: 'two' }]);
		expect(await stream.next()).toBeNull();
	});

	it('gives a reader that fell behind everything at once', async () => {
		const finished = Promise.withResolvers<void>();
		const origin = await startServer(async (request, response) => {
			streaming(request, response);
			for (let count = 0; count < 5; count += 1) {
				response.write(`data: ${count}\n\n`);
				await turns(2);
			}
			finished.resolve();
		});
		const stream = openEventStream(await directFetch(origin), never);
		await finished.promise;
		await turns(5);
		expect((await stream.next())?.map(({ data }) => data)).toEqual(['0', '1', '2', '3', '4']);
	});

	it('lets the server wait while nobody reads, and loses nothing by it', async () => {
		const line = `data: ${'x'.repeat(10_000)}\n\n`;
		let isHeld = false;
		const origin = await startServer(async (request, response) => {
			streaming(request, response);
			for (let count = 0; count < 5_000; count += 1) {
				if (response.write(line)) continue;
				isHeld ||= count > 300;
				await new Promise((resolve) => response.once('drain', resolve));
			}
			response.end();
		});
		const stream = openEventStream(await directFetch(origin), never);
		await turns(200);
		let events = 0;
		let most = 0;
		for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
			events += batch.length;
			most = Math.max(most, batch.length);
		}
		expect(events).toBe(5_000);
		expect(most).toBeLessThan(300);
		expect(isHeld).toBe(true);
	});

	it('that never ends, in one event or in many, is cut off, so that nothing is held without bound', async () => {
		for (const piece of ['x'.repeat(1_000_000), `data: ${'x'.repeat(1_000_000)}\n\n`]) {
			const closed = Promise.withResolvers<void>();
			const origin = await startServer(async (request, response) => {
				streaming(request, response);
				response.on('close', closed.resolve);
				response.write('data: ');
				while (!response.destroyed) {
					if (!response.write(piece))
						await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
				}
			});
			const stream = openEventStream(await directFetch(origin), never);
			const readAll = async () => {
				while ((await stream.next()) !== null);
			};
			await expect(readAll()).rejects.toMatchObject({ failure: 'response_invalid', retryable: false });
			await closed.promise;
		}
	});

	it('is read from any other response too', async () => {
		const stream = openEventStream(new Response('data: one\n\n'), never);
		expect(await stream.next()).toMatchObject([{ data: 'one' }]);
		expect(await stream.next()).toBeNull();
		expect(await openEventStream(new Response(null), never).next()).toBeNull();
	});

	it('rejects when the connection breaks, after what had come', async () => {
		const origin = await startServer((request, response) => {
			streaming(request, response);
			response.write('data: one\n\n', () => response.destroy());
		});
		const stream = openEventStream(await directFetch(origin), never);
		expect(await stream.next()).toMatchObject([{ data: 'one' }]);
		await expect(stream.next()).rejects.toMatchObject({ code: 'ECONNRESET' });
	});

	const openHanging = async (signal: AbortSignal) => {
		const closed = Promise.withResolvers<void>();
		const origin = await startServer((request, response) => {
			streaming(request, response);
			response.flushHeaders();
			request.socket.on('close', () => closed.resolve());
		});
		return { stream: openEventStream(await directFetch(origin), signal), closed: closed.promise };
	};

	it('closes the connection on an abort, and rejects', async () => {
		const control = new AbortController();
		const { stream, closed } = await openHanging(control.signal);
		const rejected = expect(stream.next()).rejects.toThrow('enough');
		control.abort(new Error('enough'));
		await rejected;
		await closed;
	});

	it('closes the connection when it is stopped, and ends', async () => {
		const { stream, closed } = await openHanging(never);
		const last = stream.next();
		stream.stop();
		expect(await last).toBeNull();
		expect(await stream.next()).toBeNull();
		await closed;
	});
});
