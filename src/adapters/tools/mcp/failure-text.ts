import { messageOf, sentenceOf } from '../../../core/errors.ts';
import { cappedText } from './result-text.ts';

/** What went wrong with a server, in words that follow its name. */
export interface ServerFailure {
	text: string;
	/** It says something of the server: it could not be reached, did not answer, or ended. */
	isOutage: boolean;
}

/** Codes of the SDK's own errors. */
const TIMED_OUT = 'REQUEST_TIMEOUT';
const CLOSED = new Set(['CONNECTION_CLOSED', 'NOT_CONNECTED', 'SEND_FAILED']);

const LOGIN_NEEDED = 'LOGIN_NEEDED';

/** A server that wants people to log in, where nobody can. */
export const loginNeeded = () =>
	Object.assign(new Error('asks people to log in: run `npm run tools -- login` with its name'), { code: LOGIN_NEEDED });

const maybeRun = 'The call may have run: find out before you make it again.';

/** Why a call came to no result. `reason`: why the connection closed, where that is known. */
export function callFailure(error: unknown, limitMs: number, reason: string | null): ServerFailure {
	const code = codeOf(error);
	if (code === TIMED_OUT) {
		const text = `did not answer within ${Math.ceil(limitMs / 1000)} s. ${maybeRun}`;
		return { text, isOutage: true };
	}
	if (code === LOGIN_NEEDED) return { text: words(error), isOutage: false };
	if (reason !== null || (typeof code === 'string' && CLOSED.has(code))) {
		return { text: `${reason ?? 'ended'} before it answered. ${maybeRun}`, isOutage: true };
	}
	if (typeof code === 'number') return { text: `refused the call: ${words(error)}`, isOutage: false };
	return { text: `could not be called: ${words(error)}. ${maybeRun}`, isOutage: true };
}

/** Why a server could not be started or listed. */
export function startFailure(error: unknown, limitMs: number, reason: string | null): string {
	if (codeOf(error) === TIMED_OUT) return `did not answer within ${Math.ceil(limitMs / 1000)} s`;
	return reason ?? words(error);
}

/** The innermost cause says most. */
function words(error: unknown): string {
	let inner = error;
	for (let depth = 0; inner instanceof Error && inner.cause instanceof Error && depth < 5; depth += 1)
		inner = inner.cause;
	return cappedText(sentenceOf(inner)).slice(0, 500).replace(/\.$/, '') || messageOf(error);
}

const codeOf = (error: unknown): unknown =>
	typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
