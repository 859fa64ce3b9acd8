import type { BackendSettings } from '../../../core/backend-settings.ts';
import type { Clock } from '../../../core/clock.ts';
import { classifyResponse, classifyThrown } from '../shared/classify.ts';
import type { Failure } from '../shared/resilient-stream.ts';
import { retryAfterMs } from '../shared/retry-after.ts';

type Sdk = typeof import('@anthropic-ai/sdk');

/** What went wrong, from whatever the SDK threw. An `error` event inside a stream has a type and no status. */
export function classifyAnthropic(sdk: Sdk, error: unknown, settings: BackendSettings, clock: Clock): Failure {
	if (!(error instanceof sdk.APIError) || error instanceof sdk.APIConnectionError) {
		return classifyThrown(error, settings);
	}
	// A spend limit is reported as a rate limit, but waiting does not lift it.
	const limit = /spend_limit|billing/.test(error.errorCode ?? '') ? 'insufficient_quota' : null;
	return classifyResponse(
		{
			status: error.status ?? null,
			codes: [limit, error.type, error.errorCode],
			message: error.apiMessage ?? error.message,
			retryAfterMs: retryAfterMs(error.headers, clock.now()),
		},
		settings,
	);
}
