import type { ApprovalDecision } from '../../core/approval.ts';
import type { Outcome } from '../../core/coordination.ts';
import type { TeamSummary } from '../../core/gateway.ts';
import type { FormEntry } from '../form/form-entry.ts';
import { say } from '../say.ts';
import { newKey } from './new-key.ts';

export interface Info {
	version: string;
	teams: readonly TeamSummary[];
	notes: readonly string[];
	limits: { question: number };
	/** Whether people sign in here, and must again for what is critical. */
	tokenNeeded: boolean;
	/** How far the server's clock is ahead of this one, in milliseconds. */
	aheadMs: number;
}

/** What is decided about one call, in the revision that was on the page. */
export interface ItemDecision extends Pick<ApprovalDecision, 'approval' | 'verdict'> {
	callId: string;
	revision: number;
	/** For a critical call: its tool's name, typed, and the token where there is one. */
	confirm?: string;
	token?: string;
}

/** What the person answers to a form of a tool server, an entry for each field. */
export type FormReply = { type: 'accept'; entries: readonly FormEntry[] } | { type: 'decline' };

export interface ThreadItem {
	id: string;
	title: string;
	startedAt: number;
	state: 'running' | 'finished';
	outcome: Outcome | null;
	runs: number;
}

export interface Question {
	question: string;
	team?: string;
	quick?: boolean;
}

/** A request that was refused, with a sentence for the person. */
export class ApiError extends Error {
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

async function request<Result>(path: string, init: RequestInit = {}): Promise<Result> {
	const response = await fetch(path, init).catch(() => {
		throw new ApiError('unreachable', say('error.unreachable'));
	});
	const text = await response.text();
	const body: unknown = text === '' ? null : parse(text);
	if (response.ok) return body as Result;
	throw refusalOf(response, body);
}

function refusalOf(response: Response, body: unknown): ApiError {
	const error = (body as { error?: { code?: string; message?: string } } | null)?.error;
	return new ApiError(
		error?.code ?? 'unexpected',
		error?.message ?? say('error.unexpected', { status: response.status }),
	);
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** Why the server does not give a stream at this path: the code of its refusal; null when it would. */
async function refusalAt(path: string): Promise<string | null> {
	const stop = new AbortController();
	const response = await fetch(path, { signal: stop.signal }).catch(() => null);
	if (response === null) return 'unreachable';
	if (!response.ok) return refusalOf(response, parse(await response.text().catch(() => ''))).code;
	stop.abort();
	return null;
}

const post = <Result>(path: string, body: unknown = {}, key: string = newKey()) =>
	request<Result>(path, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'idempotency-key': key },
		body: JSON.stringify(body),
	});

const thread = (id: string) => `/api/threads/${encodeURIComponent(id)}`;

/** What the page asks of the server. Every call rejects with an `ApiError`. */
export const api = {
	async info(): Promise<Info> {
		const { now, ...info } = await request<Omit<Info, 'aheadMs'> & { now: number }>('/api/info');
		return { ...info, aheadMs: now - Date.now() };
	},
	signIn: (token: string) => post<null>('/api/login', { token }),
	threads: (before?: string) =>
		request<{ threads: readonly ThreadItem[] }>(
			`/api/threads?limit=30${before === undefined ? '' : `&before=${encodeURIComponent(before)}`}`,
		),
	ask: (question: Question, key: string) => post<{ id: string }>('/api/threads', question, key),
	follow: (id: string, question: Question, key: string) =>
		post<{ said: string[] }>(`${thread(id)}/questions`, question, key),
	/** What was typed after `/massgen`, in a thread or (null) about all of the page. */
	command: (text: string, thread: string | null, key: string) =>
		post<{ said: string[] }>('/api/commands', { text, thread }, key),
	stop: (id: string) => post<{ said: string[] }>(`${thread(id)}/stop`),
	retry: (id: string, run: string) => post<{ said: string[] }>(`${thread(id)}/retry`, { run }),
	choose: (id: string, choice: { run: string; orchestration: number; agent: string }) =>
		post<{ said: string[] }>(`${thread(id)}/choice`, choice),
	decide: (id: string, decision: ItemDecision) => post<{ said: string[] }>(`${thread(id)}/decision`, decision),
	/** `wrong`: the fields whose entries do not fit; none: it is answered. */
	answer: (id: string, form: string, reply: FormReply) =>
		post<{ wrong: number[] }>(`${thread(id)}/forms/${encodeURIComponent(form)}`, reply),
	file: (id: string, file: { id: string; path: string }) =>
		`${thread(id)}/files/${encodeURIComponent(file.id)}?path=${encodeURIComponent(file.path)}`,
	events: (id: string) => `${thread(id)}/events`,
	eventsRefusal: (id: string) => refusalAt(`${thread(id)}/events`),
};
