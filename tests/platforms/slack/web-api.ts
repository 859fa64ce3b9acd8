import type { IncomingMessage, ServerResponse } from 'node:http';
import { accountMethods } from './account-methods.ts';
import { agentMethods } from './agent-methods.ts';
import type { Method, Methods } from './call.ts';
import { chatMethods } from './chat-methods.ts';
import { conversationMethods } from './conversation-methods.ts';
import type { Fault, Faults } from './faults.ts';
import { fileMethods } from './file-methods.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';
import type { ApiRequest } from './ledger.ts';
import type { OAuth } from './oauth.ts';
import { SlackRefusal } from './refusal.ts';
import type { SocketMode } from './socket-mode.ts';
import { streamMethods } from './stream-methods.ts';
import type { Tiers } from './tiers.ts';
import { viewMethods } from './view-methods.ts';
import type { BotToken, SlackWorld } from './world.ts';

export interface WebApiParts {
	world: SlackWorld;
	faults: Faults;
	tiers: Tiers;
	oauth: OAuth;
	sockets: SocketMode;
	/** Origin of the fake. */
	url(): string;
}

export interface RawRequest {
	path: string;
	headers: IncomingMessage['headers'];
	body: Buffer;
}

const SECRETS = new Set(['token', 'client_secret', 'refresh_token', 'code']);

/** Arguments that are JSON, which forms carry as text. */
const JSON_ARGS = new Set(['blocks', 'chunks', 'files', 'loading_messages', 'metadata', 'prompts', 'view']);

/** What the ledger keeps of a call: no secret, and JSON as what it says. */
const kept = (args: JsonObject) =>
	Object.fromEntries(
		Object.entries(args).map(([name, value]) => {
			if (SECRETS.has(name)) return [name, '[secret]'];
			return [name, JSON_ARGS.has(name) && typeof value === 'string' ? (parseJson(value) ?? value) : value];
		}),
	);

function argsOf({ headers, body }: RawRequest): JsonObject {
	const type = headers['content-type'] ?? '';
	const text = body.toString();
	if (text === '') return {};
	if (type.startsWith('application/json')) {
		const parsed = parseJson(text);
		if (!isObject(parsed)) throw new SlackRefusal('json_not_object');
		return parsed;
	}
	if (!type.startsWith('application/x-www-form-urlencoded')) throw new SlackRefusal('invalid_post_type');
	return Object.fromEntries(new URLSearchParams(text));
}

const bearerOf = ({ headers }: RawRequest, args: JsonObject): string =>
	/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? (typeof args.token === 'string' ? args.token : '');

function basicOf({ headers }: RawRequest): { id: string; secret: string } | null {
	const coded = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1];
	if (coded === undefined) return null;
	const [id = '', secret = ''] = Buffer.from(coded, 'base64').toString().split(':');
	return { id, secret };
}

/** The record of a bot token, refused as Slack refuses it. */
export function tokenRecord(world: SlackWorld, token: string): BotToken {
	if (token === '') throw new SlackRefusal('not_authed');
	const record = world.tokens.get(token);
	if (record === undefined) throw new SlackRefusal('invalid_auth');
	if (record.revoked)
		throw new SlackRefusal(world.teams.get(record.team)?.installed ? 'token_revoked' : 'account_inactive');
	if (record.expiresAt !== null && world.clock.now() >= record.expiresAt) throw new SlackRefusal('token_expired');
	return record;
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
	response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
	response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export function createWebApi(parts: WebApiParts) {
	const { world, faults, tiers, oauth, sockets } = parts;
	const { ledger, clock } = world;
	const methods: Methods = {
		...accountMethods,
		...agentMethods,
		...chatMethods,
		...conversationMethods(world.app.restrictedHistory),
		...fileMethods,
		...streamMethods,
		...viewMethods,
	};

	/** Methods without a bot token; undefined for all others. */
	const without = (name: string, args: JsonObject, raw: RawRequest): JsonObject | undefined => {
		if (name === 'oauth.v2.access') return oauth.access(args, basicOf(raw));
		if (name !== 'apps.connections.open') return undefined;
		const token = bearerOf(raw, args);
		if (token.includes('xoxb-')) throw new SlackRefusal('not_allowed_token_type');
		if (token !== world.app.appToken) throw new SlackRefusal('invalid_auth');
		return { url: sockets.ticket(parts.url().replace('http', 'ws')) };
	};

	/** Does what a call asks, or throws. */
	const perform = async (name: string, method: Method | undefined, args: JsonObject, token: BotToken | null) => {
		if (method === undefined || token === null) throw new SlackRefusal('unknown_method');
		const team = world.teams.get(token.team);
		if (team === undefined) throw new SlackRefusal('invalid_auth');
		const missing = method.scopes.find((scope) => !token.scopes.includes(scope));
		if (missing !== undefined)
			throw new SlackRefusal('missing_scope', { needed: missing, provided: token.scopes.join(',') });
		return method.run({ world, method: name, args, team, token, url: parts.url() });
	};

	/** 429 when the call comes too soon, and the violation with it. */
	const tooSoon = (name: string, method: Method, request: ApiRequest, response: ServerResponse): boolean => {
		const channel = String(request.args.channel ?? '');
		const pace = tiers.pace(method.tier, name, request.team ?? '', channel);
		if (pace.type === 'go') return false;
		ledger.violate(pace.ignored ? 'retry_after_ignored' : 'ratelimited', name, `${request.team} ${channel}`);
		refuse429(request, response, pace.retryAfter);
		return true;
	};

	const refuse429 = (request: ApiRequest, response: ServerResponse, retryAfter: number) => {
		Object.assign(request, { status: 429, error: 'ratelimited' });
		send(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(retryAfter) });
	};

	/** Answers with a fault that keeps the call from being done; false when it is to be done all the same. */
	const prevented = (
		fault: Fault,
		method: Method | undefined,
		request: ApiRequest,
		response: ServerResponse,
	): boolean => {
		switch (fault.type) {
			case 'error':
				Object.assign(request, { status: 200, error: fault.error });
				send(response, 200, { ok: false, error: fault.error });
				return true;
			case 'status':
				Object.assign(request, { status: fault.status, error: `http_${fault.status}` });
				send(response, fault.status, 'upstream error', { 'content-type': 'text/plain' });
				return true;
			case 'rate_limit': {
				const channel = String(request.args.channel ?? '');
				tiers.hold(method?.tier ?? 'special', request.method, request.team ?? '', channel, fault.retryAfter);
				refuse429(request, response, fault.retryAfter);
				return true;
			}
			case 'hang':
				request.error = 'hang';
				return true;
			case 'drop_before_accept':
				request.error = 'dropped';
				response.destroy();
				return true;
			default:
				return false;
		}
	};

	const finish = async (
		fault: Fault | null,
		answer: JsonObject,
		request: ApiRequest,
		response: ServerResponse,
		scopes: string,
	) => {
		if (fault?.type === 'slow') await new Promise<void>((resolve) => clock.after(fault.ms, resolve));
		if (fault?.type === 'drop_after_accept') {
			request.error = 'dropped';
			response.destroy();
			return;
		}
		request.status = 200;
		send(response, 200, answer, scopes === '' ? {} : { 'x-oauth-scopes': scopes });
	};

	/** Every `/api/<method>` request. */
	return async (name: string, raw: RawRequest, response: ServerResponse): Promise<void> => {
		const request: ApiRequest = { method: name, team: null, args: {}, at: clock.now(), status: 0, error: null };
		ledger.requests.push(request);
		const method = methods[name];
		let scopes = '';
		let fault: Fault | null = null;
		try {
			const args = argsOf(raw);
			const record = world.tokens.get(bearerOf(raw, args));
			Object.assign(request, { team: record?.team ?? null, args: kept(args) });
			fault = faults.take(name, args);
			if (fault !== null && prevented(fault, method, request, response)) return;
			if (method !== undefined && tooSoon(name, method, request, response)) return;
			const bare = without(name, args, raw);
			const token = bare === undefined && method !== undefined ? tokenRecord(world, bearerOf(raw, args)) : null;
			scopes = token?.scopes.join(',') ?? '';
			const done = bare ?? (await perform(name, method, args, token));
			await finish(fault, { ok: true, ...done }, request, response, scopes);
		} catch (error) {
			if (!(error instanceof SlackRefusal)) throw error;
			request.error = error.code;
			if (!error.blameless) ledger.violate(error.code, name, JSON.stringify(error.extra).slice(0, 500));
			await finish(fault, { ok: false, error: error.code, ...error.extra }, request, response, scopes);
		} finally {
			ledger.changed();
		}
	};
}
