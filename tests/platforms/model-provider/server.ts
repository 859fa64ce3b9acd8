import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { protocols } from './protocols.ts';
import { type Fault, type Protocol, type ProviderCall, type Reply, WireRefusal, type WireRequest } from './reply.ts';

export interface ModelProvider {
	/** Origin, without a path: `http://127.0.0.1:PORT`. */
	url: string;
	/** Every call that was understood, oldest first. */
	calls: readonly ProviderCall[];
	/** Requests that were refused because the real API would refuse them. */
	refusals: readonly string[];
	/** TCP connections accepted so far. */
	connections(): number;
	close(): Promise<void>;
}

interface ProviderOptions {
	reply(call: ProviderCall): Reply | Promise<Reply>;
}

const secretHeaders = new Set(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']);

/** Responses whose connection the provider itself destroyed. */
const dropped = new WeakSet<ServerResponse>();

function drop(response: ServerResponse) {
	dropped.add(response);
	response.destroy();
}

/** Waits of real time, because a delay on the wire is real. */
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function readRequest(request: IncomingMessage): Promise<WireRequest> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part);
	const url = new URL(request.url ?? '/', 'http://provider');
	const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
	const text = Buffer.concat(parts).toString();
	return { method: request.method ?? '', path: url.pathname, query: url.searchParams, headers, body: parse(text) };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
	response.writeHead(status, { 'content-type': 'application/json', ...headers });
	response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Adds the call to the journal and follows its connection. */
function journal(
	calls: ProviderCall[],
	protocol: Protocol,
	request: WireRequest,
	response: ServerResponse,
): ProviderCall {
	const { promise, resolve } = Promise.withResolvers<void>();
	const headers = Object.entries(request.headers).map(([name, value]) => [
		name,
		secretHeaders.has(name) ? '[key]' : value,
	]);
	const call: ProviderCall = {
		...protocol.decode(request),
		protocol: protocol.name,
		path: request.path,
		query: Object.fromEntries(request.query),
		headers: Object.fromEntries(headers),
		body: request.body,
		index: calls.length,
		receivedAt: performance.now(),
		aborted: false,
		abortedAt: null,
		closed: promise,
	};
	response.on('close', () => {
		if (!response.writableFinished && !dropped.has(response)) {
			call.aborted = true;
			call.abortedAt = performance.now();
		}
		resolve();
	});
	calls.push(call);
	return call;
}

function afterFrames(fault: Fault | undefined): number {
	return fault !== undefined && 'afterFrames' in fault ? (fault.afterFrames ?? 0) : 0;
}

/** Writes the reply up to where its fault happens. */
async function sendStream(response: ServerResponse, protocol: Protocol, reply: Reply, call: ProviderCall) {
	const { fault } = reply;
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	let outputs = 0;
	for (const frame of protocol.encode(reply, call)) {
		if (fault !== undefined && frame.output && outputs >= afterFrames(fault)) break;
		if (frame.output) outputs++;
		await reply.pace?.();
		response.write(frame.data);
		// As from a model that is at work, each frame leaves by itself and not in one packet with the next.
		if (frame.output) await new Promise((resolve) => setImmediate(resolve));
	}
	switch (fault?.type) {
		case 'garbage':
			return response.end('data: {"this is": not JSON\n\n');
		case 'error_event':
			return response.end(protocol.errorFrame(fault.code, fault.message));
		case 'drop':
			// What was written must leave before the connection goes.
			await wait(10);
			return drop(response);
		case 'hang':
			return;
		default:
			return response.end();
	}
}

async function answer(response: ServerResponse, protocol: Protocol, reply: Reply, call: ProviderCall) {
	if (reply.delayMs) await wait(reply.delayMs);
	const { fault } = reply;
	if (fault?.type === 'reset') return drop(response);
	if (fault?.type === 'html') {
		response.writeHead(200, { 'content-type': 'text/html' });
		return response.end('<!doctype html><title>Welcome</title><p>It works.</p>');
	}
	if (fault?.type === 'status') {
		const code = fault.code ?? 'simulated_error';
		const body = fault.body ?? protocol.errorBody(fault.status, code, fault.message ?? `simulated ${fault.status}`);
		return sendJson(response, fault.status, body, fault.headers);
	}
	return sendStream(response, protocol, reply, call);
}

/** A model provider that speaks every protocol of `protocols`, chosen by path, and is as strict as the real ones. */
export async function startModelProvider({ reply }: ProviderOptions): Promise<ModelProvider> {
	const calls: ProviderCall[] = [];
	const refusals: string[] = [];
	let connections = 0;

	const handle = async (request: IncomingMessage, response: ServerResponse) => {
		const wire = await readRequest(request);
		const protocol = protocols.find((one) => one.matches(wire.path));
		if (protocol === undefined) return sendJson(response, 404, { error: { message: `no such path: ${wire.path}` } });
		let call: ProviderCall;
		try {
			call = journal(calls, protocol, wire, response);
		} catch (error) {
			if (!(error instanceof WireRefusal)) throw error;
			refusals.push(error.message);
			return sendJson(response, error.status, protocol.errorBody(error.status, error.code, error.message));
		}
		return answer(response, protocol, await reply(call), call);
	};

	const server = createServer((request, response) => {
		handle(request, response).catch((error: unknown) => {
			refusals.push(`the fake provider failed: ${error}`);
			if (!response.headersSent) sendJson(response, 500, { error: { message: String(error) } });
			else drop(response);
		});
	});
	server.on('connection', () => connections++);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;

	return {
		url: `http://127.0.0.1:${port}`,
		calls,
		refusals,
		connections: () => connections,
		close() {
			server.closeAllConnections();
			return new Promise((resolve) => server.close(() => resolve()));
		},
	};
}
