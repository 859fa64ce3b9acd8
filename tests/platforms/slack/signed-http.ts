import { createHmac } from 'node:crypto';
import { type JsonObject, parseJson } from './json.ts';
import type { Envelope, Outcome, Transport } from './transport.ts';

/** How a request is signed. `stale` and `future` are 301 s off, `garbled` has one byte of the body changed after. */
export type Signature = 'right' | 'wrong' | 'missing' | 'stale' | 'future' | 'garbled';

const OFFSET_SECONDS = 301;

export interface SignedRequest {
	body: string;
	headers: Record<string, string>;
}

export interface HttpAnswer {
	status: number;
	body: string;
}

export interface SignedHttp extends Transport {
	/** Where the app takes requests, null as long as it is not known. */
	requestUrl: string | null;
	/** How what is sent is signed, until it is set to something else. */
	signature: Signature;
	/** The last signed request, to be sent again as it is. */
	last: SignedRequest | null;
	/** Sends the same bytes with the same headers again: what one who listened could do. */
	replay(request: SignedRequest): Promise<HttpAnswer>;
	/** The challenge of a new request URL; the body of the answer. */
	verifyUrl(challenge: string): Promise<HttpAnswer>;
	/** The empty form Slack sends from time to time; unsigned. */
	checkSsl(): Promise<HttpAnswer>;
}

function encode({ kind, body }: Pick<Envelope, 'kind' | 'body'>): { body: string; type: string } {
	if (kind === 'events_api') return { body: JSON.stringify(body), type: 'application/json' };
	const fields: Record<string, string> = kind === 'interactive' ? { payload: JSON.stringify(body) } : {};
	if (kind === 'slash_commands') for (const [name, value] of Object.entries(body)) fields[name] = String(value);
	const form = new URLSearchParams(fields);
	return { body: form.toString(), type: 'application/x-www-form-urlencoded' };
}

/** `secret`: the app's signing secret. `seconds`: the time signatures are dated with. */
export function createSignedHttp(secret: string, seconds: () => number): SignedHttp {
	const sign = (body: string, type: string, how: Signature): SignedRequest => {
		const off = how === 'stale' ? -OFFSET_SECONDS : how === 'future' ? OFFSET_SECONDS : 0;
		const timestamp = String(seconds() + off);
		const key = how === 'wrong' ? `${secret}x` : secret;
		const signature = `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`;
		return {
			body: how === 'garbled' ? `${body} ` : body,
			headers: {
				'content-type': type,
				'x-slack-request-timestamp': timestamp,
				...(how === 'missing' ? {} : { 'x-slack-signature': signature }),
			},
		};
	};

	const post = async (request: SignedRequest, signal?: AbortSignal): Promise<HttpAnswer> => {
		if (http.requestUrl === null) throw new Error('the app has no request URL');
		const { body, headers } = request;
		const answer = await fetch(http.requestUrl, { method: 'POST', body, headers, ...(signal ? { signal } : {}) });
		return { status: answer.status, body: await answer.text() };
	};

	const send = async (envelope: Envelope, signal: AbortSignal): Promise<Outcome> => {
		if (http.requestUrl === null) return { type: 'unreachable' };
		const { body, type } = encode(envelope);
		const request = sign(body, type, http.signature);
		if (envelope.retryNum > 0) {
			request.headers['x-slack-retry-num'] = String(envelope.retryNum);
			request.headers['x-slack-retry-reason'] = envelope.retryReason ?? '';
		}
		http.last = request;
		try {
			const answer = await post(request, signal);
			if (answer.status < 200 || answer.status >= 300) return { type: 'refused', status: answer.status };
			return { type: 'acked', payload: parseJson(answer.body) ?? answer.body };
		} catch {
			return { type: 'lost' };
		}
	};

	const http: SignedHttp = {
		requestUrl: null,
		signature: 'right',
		last: null,
		send,
		replay: (request) => post(request),
		verifyUrl(challenge) {
			const body: JsonObject = { type: 'url_verification', token: 'verification', challenge };
			return post(sign(JSON.stringify(body), 'application/json', http.signature));
		},
		checkSsl: () => post({ body: 'ssl_check=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
	};
	return http;
}
