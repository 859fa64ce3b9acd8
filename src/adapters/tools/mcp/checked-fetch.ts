import { lookup } from 'node:dns/promises';
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { type AddressKind, kindOfAddress } from './addresses.ts';
import { cappedBody } from './capped-body.ts';

/** Which addresses may be dialled beside public ones. */
export interface AddressRules {
	allowLoopback: boolean;
	allowPrivate: boolean;
}

export interface CheckedFetch {
	/**
	 * Like `fetch`, for text bodies, but never dials an address that the rules refuse, whatever a name resolves to or a
	 * redirect says: redirects are handed to the caller. Rejects with a sentence for a person.
	 */
	fetch(input: string | URL, init?: RequestInit): Promise<Response>;
	/** Ends connections that are kept. */
	close(): void;
}

/** Statuses whose responses have no body. */
const EMPTY = new Set([204, 205, 304]);

/** `onTooLong`: a body holds a message that is too long; it is not read on. */
export function createCheckedFetch(rules: AddressRules, onTooLong: () => void): CheckedFetch {
	const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
	return {
		async fetch(input, init = {}) {
			const url = new URL(input);
			const addresses = await addressesOf(url, rules);
			const isSecure = url.protocol === 'https:';
			const request = (isSecure ? httpsRequest : httpRequest)(url, {
				method: init.method ?? 'GET',
				headers: headersOf(init),
				agent: isSecure ? agents.https : agents.http,
				// The name is resolved once: what was checked is what is dialled.
				lookup: (_, options, answer) => {
					const [first] = addresses;
					if (options.all) answer(null, addresses);
					else answer(null, first?.address ?? '', first?.family);
				},
			});
			const arrival = Promise.withResolvers<IncomingMessage>();
			request.on('response', arrival.resolve);
			request.on('error', arrival.reject);
			endWith(request, init.signal);
			request.end(bodyOf(init));
			return toResponse(await arrival.promise, onTooLong);
		},
		close() {
			agents.http.destroy();
			agents.https.destroy();
		},
	};
}

/**
 * Node's own `signal` option also goes to the socket, which outlives the request and would end the process by an error
 * that nobody hears. A response is ended in its own place for the same reason.
 */
function endWith(request: ClientRequest, signal: AbortSignal | null | undefined): void {
	if (signal === null || signal === undefined) return;
	let response: IncomingMessage | null = null;
	const abort = () => {
		if (response !== null) response.destroy();
		else request.destroy(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
	};
	request.on('response', (arrived: IncomingMessage) => {
		response = arrived;
	});
	if (signal.aborted) abort();
	signal.addEventListener('abort', abort, { once: true });
	request.on('close', () => signal.removeEventListener('abort', abort));
}

async function addressesOf(url: URL, rules: AddressRules): Promise<{ address: string; family: number }[]> {
	const { protocol, hostname } = url;
	if (protocol !== 'https:' && protocol !== 'http:') throw new Error(`the address ${shown(url)} is not one of the web`);
	const host = hostname.replace(/^\[(.*)\]$/, '$1');
	const literal = isIP(host);
	const found = literal === 0 ? await resolved(host) : [{ address: host, family: literal }];
	const kinds = found.map(({ address }) => kindOfAddress(address));
	const usable = found.filter((_, index) => isAllowed(kinds[index] ?? 'forbidden', rules));
	if (usable.length === 0) throw new Error(refusal(url, kinds));
	const isOpen = usable.some(({ address }) => kindOfAddress(address) === 'public');
	if (protocol === 'http:' && isOpen) throw new Error(`${shown(url)} is not encrypted: use https`);
	return usable;
}

async function resolved(host: string): Promise<{ address: string; family: number }[]> {
	try {
		return await lookup(host, { all: true });
	} catch {
		throw new Error(`the name ${host} cannot be resolved`);
	}
}

const isAllowed = (kind: AddressKind, { allowLoopback, allowPrivate }: AddressRules) =>
	kind === 'public' || (kind === 'loopback' && allowLoopback) || (kind === 'private' && allowPrivate);

function refusal(url: URL, kinds: readonly AddressKind[]): string {
	const why = `${shown(url)} leads to`;
	if (kinds.includes('loopback')) {
		return `${why} this machine, which is refused: write \`security: {allow_localhost: true}\` if that is meant`;
	}
	if (kinds.includes('private')) {
		return `${why} a private network, which is refused: write \`security: {allow_private_ips: true}\` if that is meant`;
	}
	return `${why} an address that is never called: link-local, multicast or reserved`;
}

/** Without path and query, where secrets may be. */
const shown = ({ protocol, host }: URL) => `${protocol}//${host}`;

function headersOf(init: RequestInit): Record<string, string> {
	const headers = new Headers(init.headers);
	// Compressed bodies could not be measured before they are unpacked.
	headers.set('accept-encoding', 'identity');
	if (init.body instanceof URLSearchParams && !headers.has('content-type')) {
		headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8');
	}
	return Object.fromEntries(headers);
}

function bodyOf({ body }: RequestInit): string | undefined {
	if (body === undefined || body === null) return undefined;
	if (typeof body === 'string') return body;
	if (body instanceof URLSearchParams) return body.toString();
	throw new Error('only text can be sent');
}

function toResponse(incoming: IncomingMessage, onTooLong: () => void): Response {
	const { statusCode: status = 502, statusMessage: statusText = '' } = incoming;
	const headers = new Headers();
	for (const [name, values] of Object.entries(incoming.headersDistinct)) {
		for (const value of values ?? []) headers.append(name, value);
	}
	// Whoever reads the body is told; an abort that comes before anybody reads must not end the process.
	incoming.on('error', () => {});
	const isEmpty = EMPTY.has(status);
	if (isEmpty) incoming.resume();
	const isEvents = headers.get('content-type')?.startsWith('text/event-stream') === true;
	const body = isEmpty ? null : streamOf(incoming, cappedBody(incoming, isEvents, onTooLong));
	return new Response(body, { status, statusText, headers });
}

function streamOf(incoming: IncomingMessage, chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
	return new ReadableStream({
		async pull(controller) {
			const { done, value } = await chunks.next();
			if (done) controller.close();
			else controller.enqueue(value);
		},
		cancel() {
			incoming.destroy();
		},
	});
}
