import { z } from 'zod';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import type { Clock } from '../../../core/clock.ts';
import { classifyResponse, classifyThrown } from '../shared/classify.ts';
import type { Failure } from '../shared/resilient-stream.ts';
import { retryAfterMs } from '../shared/retry-after.ts';
import { GeminiError } from './gemini-error.ts';

type Sdk = typeof import('@google/genai');

/** `google.rpc.Status` in JSON, with the details that say more than its status. */
const bodySchema = z.object({
	error: z.object({
		message: z.string().catch(''),
		status: z.string().optional().catch(undefined),
		details: z
			.array(
				z.object({
					/** `ErrorInfo`: `API_KEY_INVALID`. */
					reason: z.string().optional(),
					/** `RetryInfo`: `17s`, `1.5s`. */
					retryDelay: z.string().optional(),
					/** `QuotaFailure`: `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
					violations: z.array(z.object({ quotaId: z.string().optional() })).optional(),
				}),
			)
			.catch([])
			.default([]),
	}),
});

/** What went wrong, from whatever the SDK or our `fetch` threw. */
export function classifyGemini(sdk: Sdk, error: unknown, settings: BackendSettings, clock: Clock): Failure {
	const headers = error instanceof GeminiError ? error.headers : null;
	const text = error instanceof GeminiError ? error.body : error instanceof sdk.ApiError ? error.message : null;
	if (text === null) return classifyThrown(error, settings);
	const status = error instanceof GeminiError || error instanceof sdk.ApiError ? error.status : null;
	const { message, status: code, details } = statusIn(text);
	// A day's quota is reported as a rate limit, but a moment's wait does not lift it.
	const daily = details.some(({ violations }) => violations?.some(({ quotaId }) => quotaId?.includes('PerDay')));
	return classifyResponse(
		{
			status,
			codes: [daily ? 'insufficient_quota' : null, ...details.map(({ reason }) => reason), code],
			message: message || text,
			retryAfterMs: retryAfterMs(headers, clock.now()) ?? delayIn(details),
		},
		settings,
	);
}

type Status = z.infer<typeof bodySchema>['error'];

/** The SDK puts words before the JSON of an error inside a stream. */
function statusIn(text: string): Status {
	try {
		const body = bodySchema.safeParse(JSON.parse(text.slice(text.indexOf('{'))));
		if (body.success) return body.data.error;
	} catch {
		// A proxy's error page, for one: its text is the message.
	}
	return { message: '', details: [] };
}

function delayIn(details: Status['details']): number | null {
	const seconds = details.map(({ retryDelay }) => Number.parseFloat(retryDelay ?? '')).find((delay) => delay >= 0);
	return seconds === undefined ? null : Math.ceil(seconds * 1000);
}

/** The provider's words for a refused request, where it was refused; null for any other failure. */
export function refusalIn(error: unknown): string | null {
	return error instanceof GeminiError && error.status === 400 ? statusIn(error.body).message || error.body : null;
}
