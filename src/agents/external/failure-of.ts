import { maskSecrets } from '../../config/mask-secrets.ts';
import type { BackendEvent, BackendFailure } from '../../core/backend.ts';
import { BotError, messageOf } from '../../core/errors.ts';
import { unknownUsage } from '../../core/usage.ts';

type Failed = Extract<BackendEvent, { type: 'failed' }>;

const BY_STATUS: ReadonlyMap<number, BackendFailure> = new Map([
	[400, 'request_invalid'],
	[401, 'authentication'],
	[402, 'quota_exhausted'],
	[403, 'permission'],
	[404, 'model_unknown'],
	[408, 'timeout'],
	[422, 'request_invalid'],
	[429, 'rate_limited'],
]);
const RETRYABLE: readonly BackendFailure[] = ['timeout', 'rate_limited', 'overloaded', 'unreachable', 'stream_broken'];
const UNREACHABLE = /^(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|UND_ERR_\w+)$/;

/** What an agent of another system threw, as the end of its reply. */
export function failureOf(thrown: unknown): Failed {
	const failure = kindOf(thrown);
	const message = maskSecrets(messageOf(thrown));
	return { type: 'failed', failure, retryable: RETRYABLE.includes(failure), message, usage: unknownUsage };
}

/** By the HTTP status or the system's code of the error, or of what it was caused by. */
function kindOf(thrown: unknown): BackendFailure {
	if (thrown instanceof BotError) return 'request_invalid';
	for (const error of chainOf(thrown)) {
		const status = numberIn(error, 'status') ?? numberIn(error, 'statusCode');
		if (status !== null && status >= 500) return 'overloaded';
		const known = status === null ? undefined : BY_STATUS.get(status);
		if (known !== undefined) return known;
		if ('code' in error && typeof error.code === 'string' && UNREACHABLE.test(error.code)) return 'unreachable';
	}
	return 'stream_broken';
}

/** At most five errors deep. Whoever tries again keeps the last error beside the cause. */
function chainOf(thrown: unknown): object[] {
	const chain: object[] = [];
	let error = thrown;
	while (typeof error === 'object' && error !== null && chain.length < 5) {
		chain.push(error);
		error = 'lastError' in error ? error.lastError : 'cause' in error ? error.cause : null;
	}
	return chain;
}

function numberIn(error: object, key: string): number | null {
	const value: unknown = Reflect.get(error, key);
	return typeof value === 'number' ? value : null;
}
