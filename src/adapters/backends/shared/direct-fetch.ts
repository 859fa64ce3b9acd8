import { type ClientRequest, type IncomingMessage, request as plain, globalAgent as plainAgent } from 'node:http';
import { request as secure, globalAgent as secureAgent } from 'node:https';
import { Readable } from 'node:stream';
import type { ReadableStream as WebBody } from 'node:stream/web';

/** How long a connection may take to come about, TLS included, in milliseconds. */
const CONNECT_MS = 10_000;
/**
 * Connections to one server that are kept for the next call, for Node's five seconds. With Node's 256 a crowd closes
 * those that its next calls need: 600 runs at once opened half as many again.
 */
const MOST_KEPT = 8_192;
for (const agent of [plainAgent, secureAgent]) agent.maxFreeSockets = MOST_KEPT;

const bodies = new WeakMap<Response, IncomingMessage>();

/** The body of a response, of `directFetch` or another; empty when it has none. To be asked for once. */
export function bodyOf(response: Response): Readable {
	const direct = bodies.get(response);
	if (direct !== undefined) return direct;
	return response.body === null ? Readable.from([]) : Readable.fromWeb(response.body as WebBody);
}

/**
 * A `fetch` for SDKs, over Node's own HTTP client: an event of a stream costs a fraction of what the web streams under
 * the global `fetch` make of it. Connections are those of Node's global agents: kept for a while, and through the
 * environment's proxy where Node is told to (`NODE_USE_ENV_PROXY`). A success has no `body`: it is to be read by
 * `bodyOf`, and destroyed by who does not read it. `init` is understood as far as SDKs use it for JSON: method, headers,
 * a text as body, signal. Everything else goes to the global `fetch`.
 */
export async function directFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
	if (input instanceof Request || (init.body != null && typeof init.body !== 'string')) return fetch(input, init);
	const request = openRequest(new URL(input), init);
	const arriving = responseTo(request, init.signal ?? null);
	request.end(typeof init.body === 'string' ? Buffer.from(init.body) : undefined);
	const incoming = await arriving;
	const { statusCode: status = 0, statusMessage: statusText = '' } = incoming;
	if (status >= 300 && status < 400) {
		incoming.destroy();
		return fetch(input, init);
	}
	if (status < 200 || status > 299) {
		return new Response(Readable.toWeb(incoming) as ReadableStream, {
			status,
			statusText,
			headers: headersOf(incoming),
		});
	}
	const response = new Response(null, { status, statusText, headers: readHeadersOf(incoming) });
	bodies.set(response, incoming);
	return response;
}

function openRequest(url: URL, { method = 'GET', headers }: RequestInit): ClientRequest {
	const isSecure = url.protocol === 'https:';
	const request = (isSecure ? secure : plain)(url, {
		method,
		headers: Object.fromEntries(headers instanceof Headers ? headers : new Headers(headers)),
	});
	limitConnecting(request, isSecure ? 'secureConnect' : 'connect');
	return request;
}

/** Its listeners live as long as the response, so nothing of the request's body may be in their reach. */
function responseTo(request: ClientRequest, signal: AbortSignal | null): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		const abort = () => request.destroy(signal?.reason);
		const settle = () => signal?.removeEventListener('abort', abort);
		request.once('response', (incoming) => {
			settle();
			resolve(incoming);
		});
		// Stays for the errors of a request whose response has come: they reach the reader of the body.
		request.on('error', (error) => {
			settle();
			reject(error);
		});
		if (signal?.aborted) abort();
		else signal?.addEventListener('abort', abort, { once: true });
	});
}

function limitConnecting(request: ClientRequest, connected: 'connect' | 'secureConnect'): void {
	request.once('socket', (socket) => {
		if (!socket.connecting) return;
		const timer = setTimeout(() => {
			const late = new Error(`no connection within ${CONNECT_MS / 1_000} seconds`);
			request.destroy(Object.assign(late, { code: 'ETIMEDOUT' }));
		}, CONNECT_MS);
		const clear = () => clearTimeout(timer);
		socket.once(connected, clear);
		socket.once('close', clear);
	});
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
	const headers = new Headers();
	for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
	return headers;
}

/** Of a success, only what somebody reads: a web `Headers` costs by the entry. */
function readHeadersOf({ headers }: IncomingMessage): Record<string, string> {
	const read = ['content-type', 'x-request-id', 'request-id'] as const;
	return Object.fromEntries(
		read.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
	);
}
