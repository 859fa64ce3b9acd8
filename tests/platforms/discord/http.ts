import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Buckets } from './buckets.ts';
import type { Upload } from './check-message.ts';
import type { Failure, Failures } from './failures.ts';
import { faultLines } from './form.ts';
import type { LedgerEntry } from './ledger.ts';
import { archiveIdle } from './messages.ts';
import type { Platform } from './platform.ts';
import { createRouter, type Found, type Reply, type Route } from './route.ts';
import { type Data, DiscordError, dataOf, isData, notFound, refusal, textOf } from './wire.ts';

const PREFIX = '/api/v10';
/** Codes that only a body which Discord refuses can bring about. */
const FORM_CODES = [50035, 50006, 40005];

interface Answer extends Reply {
	headers?: Record<string, string>;
}

/** How a connection ends before its answer. */
type Cut = 'reset' | 'close';

interface Incoming {
	method: string;
	path: string;
	query: URLSearchParams;
	authorization: string;
	body: unknown;
	uploads: readonly Upload[];
}

interface Sources {
	platform: Platform;
	routes: readonly Route[];
	buckets: Buckets;
	failures: Failures;
}

/** Answers one request as the REST API or the CDN would. */
export function createRequestListener({ platform, routes, buckets, failures }: Sources) {
	const find = createRouter(routes);

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const incoming = await read(request).catch(() => null);
		// A client that hangs up while it speaks has asked for nothing.
		if (incoming === null) return;
		const isDownload = !incoming.path.startsWith(PREFIX);
		const path = isDownload ? incoming.path : incoming.path.slice(PREFIX.length);
		const found = isDownload ? null : find(incoming.method, path);
		const entry = entryOf(platform, incoming, path, isDownload ? `${incoming.method} cdn` : found?.route.name);
		platform.ledger.add(entry);
		if (isDownload) return download(incoming, entry, response);
		const outcome = found ? await treat(incoming, entry, found) : unknown(platform, entry);
		if (outcome === 'reset') return void request.socket.resetAndDestroy();
		if (outcome === 'close') return void response.destroy();
		entry.status = outcome.status;
		entry.scope = outcome.headers?.['x-ratelimit-scope'] ?? null;
		entry.code = outcome.status >= 400 && isData(outcome.json) ? Number(outcome.json.code) : null;
		respond(response, outcome);
		platform.changed();
	}

	/** The answer to a known route, or how the connection is to be cut. */
	async function treat(incoming: Incoming, entry: LedgerEntry, found: Found): Promise<Answer | Cut> {
		if (platform.ledger.invalid(platform.world.clock.now()) >= platform.settings.banAfter)
			return { status: 429, json: 'error code: 1015', headers: { 'retry-after': '3600' } };
		const { headers, retryAfter, scope } = buckets.take(entry.route, found.major);
		if (retryAfter !== null) {
			platform.violation('rate_limited', `${entry.route} although nothing was left of its ${scope ?? ''} limit`);
			return limited(retryAfter, scope === 'global', headers);
		}
		const struck = failures.next(entry.route, entry);
		const handle = (lost: boolean) => ({ ...handled(platform, incoming, found, lost), headers });
		if (struck === null) return handle(false);
		return fail(struck.failure, struck.released, handle);
	}

	async function fail(
		failure: Failure,
		released: Promise<void>,
		handle: (lost: boolean) => Answer,
	): Promise<Answer | Cut> {
		if (failure.type === 'refuse') return refused(refusal(failure.code));
		if (failure.type === 'limit')
			return limited(failure.retryAfter, failure.scope === 'global', { 'x-ratelimit-scope': failure.scope ?? 'user' });
		if (failure.type === 'error') {
			if (failure.accept) handle(true);
			return { status: failure.status, json: { message: `${failure.status}: Server Error`, code: 0 } };
		}
		if (failure.type === 'drop') {
			if (failure.accept !== false) handle(true);
			platform.changed();
			return failure.by ?? 'reset';
		}
		if (failure.type === 'hold') await released;
		else await new Promise<void>((resolve) => platform.world.clock.after(failure.ms, resolve));
		return handle(false);
	}

	async function download(
		{ method, path, authorization }: Incoming,
		entry: LedgerEntry,
		response: ServerResponse,
	): Promise<void> {
		if (authorization !== '') platform.violation('token_leak', `${method} ${path} was sent with an authorization`);
		const file = platform.files.get(path);
		const struck = failures.next(entry.route, entry);
		if (struck?.failure.type === 'drop') return void response.destroy();
		if (struck?.failure.type === 'hold') await struck.released;
		entry.status = struck?.failure.type === 'error' ? struck.failure.status : file === undefined ? 404 : 200;
		const headers = file && { 'content-type': file.contentType, 'content-length': file.bytes.length };
		if (entry.status === 200) response.writeHead(200, headers).end(file?.bytes);
		else response.writeHead(entry.status).end();
		platform.changed();
	}

	return (request: IncomingMessage, response: ServerResponse): void => {
		answer(request, response).catch((error: unknown) => {
			console.error('the fake Discord has a bug:', error);
			respond(response, { status: 500, json: { message: String(error), code: 0 } });
		});
	};
}

function entryOf({ world }: Platform, incoming: Incoming, path: string, route: string | undefined): LedgerEntry {
	const { method, query, body, uploads } = incoming;
	return {
		method,
		path,
		route: route ?? `${method} ${path}`,
		query: query.toString(),
		body,
		files: uploads.map(({ filename }) => filename),
		status: 0,
		scope: null,
		code: null,
		at: world.clock.now(),
	};
}

function unknown(platform: Platform, { route }: LedgerEntry): Answer {
	platform.violation('unknown_route', route);
	return refused(notFound());
}

function handled(platform: Platform, incoming: Incoming, { route, params }: Found, lost: boolean): Answer {
	const { authorization, query, body, uploads } = incoming;
	try {
		if (!route.open && authorization !== `Bot ${platform.settings.token}`) throw refusal(0);
		if (body === INVALID) throw refusal(50109);
		archiveIdle(platform);
		return route.handle({ params, query, body, data: dataOf(body), uploads, lost });
	} catch (error) {
		if (!(error instanceof DiscordError)) throw error;
		if (FORM_CODES.includes(error.code)) {
			const lines = error.errors ? faultLines(error.errors) : [error.message];
			platform.violation('form', `${route.name}: ${lines.join('; ')}`);
		}
		return refused(error);
	}
}

const refused = ({ status, code, message, errors }: DiscordError): Answer => ({
	status,
	json: { message, code, ...(errors ? { errors } : {}) },
});

const limited = (retryAfter: number, global: boolean, headers: Record<string, string>): Answer => ({
	status: 429,
	json: { message: 'You are being rate limited.', retry_after: retryAfter, global },
	headers: {
		...headers,
		'retry-after': String(Math.ceil(retryAfter)),
		...(global ? { 'x-ratelimit-global': 'true' } : {}),
	},
});

function respond(response: ServerResponse, { status, json, headers }: Answer): void {
	if (json === undefined) return void response.writeHead(status, headers).end();
	response
		.writeHead(status, { 'content-type': 'application/json', via: '1.1 fake', ...headers })
		.end(JSON.stringify(json));
}

const INVALID = Symbol('invalid JSON');

const parsed = (text: string): unknown => {
	try {
		return text === '' ? null : JSON.parse(text);
	} catch {
		return INVALID;
	}
};

async function read(request: IncomingMessage): Promise<Incoming> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const bytes = Buffer.concat(chunks);
	const { pathname, searchParams } = new URL(request.url ?? '/', 'http://discord');
	const { method = 'GET', headers } = request;
	const common = { method, path: pathname, query: searchParams, authorization: headers.authorization ?? '' };
	const type = headers['content-type'] ?? '';
	if (!type.startsWith('multipart/form-data')) return { ...common, body: parsed(bytes.toString()), uploads: [] };
	const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
	const uploads: Upload[] = [];
	for (const [name, value] of form) {
		const [, key] = /^files\[(\d+)\]$/.exec(name) ?? [];
		if (key === undefined || typeof value === 'string') continue;
		const content = Buffer.from(await value.arrayBuffer());
		uploads.push({ key, filename: value.name, contentType: value.type || 'application/octet-stream', bytes: content });
	}
	const fields: Data = Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'));
	return { ...common, body: parsed(textOf(fields.payload_json)), uploads };
}
