import type { BackendFailure } from '../../../core/backend.ts';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import { failureMessage } from './failure-message.ts';
import { networkFailure } from './network-failure.ts';
import type { Failure } from './resilient-stream.ts';

/** What an adapter knows about an error that the provider itself reported. */
export interface ErrorFacts {
	/** HTTP status; null for an error inside a stream. */
	status: number | null;
	/** The provider's own words for it (`insufficient_quota`, `RESOURCE_EXHAUSTED`), in any order. */
	codes: readonly (string | null | undefined)[];
	/** The provider's message. */
	message: string;
	/** See `retryAfterMs`. */
	retryAfterMs: number | null;
}

const retryable: ReadonlySet<BackendFailure> = new Set<BackendFailure>([
	'rate_limited',
	'overloaded',
	'unreachable',
	'stream_broken',
	'timeout',
]);

/** Codes that decide by themselves, whatever the status. */
const byCode: readonly [RegExp, BackendFailure][] = [
	[
		/insufficient_quota|billing_(hard_limit|not_active|error)|insufficient_balance|exceeded_current_quota/,
		'quota_exhausted',
	],
	[/context_length_exceeded|context_window|request_too_large/, 'context_too_long'],
	[/invalid_api_key|api_key_invalid|authentication_error|unauthenticated/, 'authentication'],
	[/content_filter|policy|safety_violation/, 'content_refused'],
	[/model_not_found|deploymentnotfound|model_not_available/, 'model_unknown'],
	[/permission_error|permission_denied|unsupported_country|insufficient_permissions/, 'permission'],
	[/rate_limit|resource_exhausted|too_many_requests|slow_down/, 'rate_limited'],
	[/overloaded|server_error|api_error|internal_error|unavailable|vector_store_timeout/, 'overloaded'],
	[/invalid_request|invalid_prompt|invalid_argument|failed_precondition/, 'request_invalid'],
];

const tooLong =
	/context (length|window|size)|maximum context|prompt is too long|too many (input )?tokens|input token count.{0,40}exceed|reduce the length/i;
const noCredit = /credit balance is too low|insufficient (balance|credits?)|requires more credits/i;
const badKey = /(incorrect|invalid) api[- ]?key|api key (not valid|is invalid|expired)/i;

function byStatus(status: number): BackendFailure {
	switch (status) {
		case 401:
			return 'authentication';
		case 402:
			return 'quota_exhausted';
		case 403:
			return 'permission';
		case 404:
			return 'model_unknown';
		case 408:
			return 'timeout';
		case 409:
		case 425:
			return 'overloaded';
		case 413:
			return 'context_too_long';
		case 429:
			return 'rate_limited';
		case 501:
		case 505:
			return 'request_invalid';
		default:
			if (status >= 500) return 'overloaded';
			return status >= 400 ? 'request_invalid' : 'response_invalid';
	}
}

function kindOf({ status, codes, message }: ErrorFacts): BackendFailure {
	const words = codes.join(' ').toLowerCase();
	const coded = byCode.find(([pattern]) => pattern.test(words))?.[1] ?? null;
	// A general code such as `invalid_request_error` comes with nearly every error: status and message know more.
	if (coded !== null && coded !== 'request_invalid' && coded !== 'overloaded') return coded;
	if (noCredit.test(message)) return 'quota_exhausted';
	if (status !== 429 && tooLong.test(message)) return 'context_too_long';
	if (badKey.test(message)) return 'authentication';
	if (status !== null && status >= 300) return byStatus(status);
	return coded ?? 'overloaded';
}

/** What an error that the provider reported means: by its code, its message, then its status. */
export function classifyResponse(facts: ErrorFacts, settings: BackendSettings): Failure {
	const failure = kindOf(facts);
	return {
		failure,
		retryable: retryable.has(failure),
		message: failureMessage(failure, settings, facts),
		retryAfterMs: facts.retryAfterMs,
	};
}

/** What anything else that was thrown means: a connection that failed, or a reply that could not be read. */
export function classifyThrown(error: unknown, settings: BackendSettings): Failure {
	const { failure, detail, lasting } = networkFailure(error);
	return {
		failure,
		retryable: retryable.has(failure) && !lasting,
		message: failureMessage(failure, settings, { status: null, message: detail }),
		retryAfterMs: null,
	};
}
