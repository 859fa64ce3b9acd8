import type { BackendFailure } from '../../../core/backend.ts';
import { messageOf } from '../../../core/errors.ts';

interface NetworkFailure {
	failure: BackendFailure;
	/** The error code, else its message. */
	detail: string;
	/** True: trying again cannot help. */
	lasting: boolean;
}

/** Node's and undici's error codes, and how they end. */
const codes: readonly [RegExp, BackendFailure, lasting: boolean][] = [
	[
		/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
		'unreachable',
		false,
	],
	[/^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|EPROTO)/, 'unreachable', true],
	[/^ERR_INVALID_URL$/, 'unreachable', true],
	[/^(UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|ESOCKETTIMEDOUT)$/, 'timeout', false],
	[
		/^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|UND_ERR_ABORTED|UND_ERR_REQ_CONTENT_LENGTH_MISMATCH|ERR_STREAM_PREMATURE_CLOSE)$/,
		'stream_broken',
		false,
	],
	[/^(HPE_|UND_ERR_RESPONSE|ERR_HTTP)/, 'response_invalid', true],
];

/** The error and what it was caused by, outermost first; a failed connection may bundle several. */
function chainOf(error: unknown): Error[] {
	const chain: Error[] = [];
	for (let at = error; at instanceof Error && chain.length < 6; ) {
		chain.push(at);
		at = at instanceof AggregateError ? at.errors[0] : at.cause;
	}
	return chain;
}

/** What an error below the provider's API means. */
export function networkFailure(error: unknown): NetworkFailure {
	const chain = chainOf(error);
	for (const link of chain) {
		const code = 'code' in link && typeof link.code === 'string' ? link.code : '';
		const known = codes.find(([pattern]) => pattern.test(code));
		if (known) return { failure: known[1], detail: code, lasting: known[2] };
	}
	const root = chain.at(-1);
	const detail = messageOf(root ?? error);
	if (chain.some((link) => link instanceof SyntaxError)) return { failure: 'response_invalid', detail, lasting: true };
	const words = chain.map((link) => `${link.name} ${link.message}`).join(' ');
	if (/time(d)?[- ]?out/i.test(words)) return { failure: 'timeout', detail, lasting: false };
	if (/terminated|premature|socket hang up|other side closed|aborted/i.test(words)) {
		return { failure: 'stream_broken', detail, lasting: false };
	}
	if (/fetch failed|connection error|bad port/i.test(words)) return { failure: 'unreachable', detail, lasting: false };
	return { failure: 'response_invalid', detail, lasting: true };
}
