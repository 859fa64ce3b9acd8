import type { APIError, ClientOptions } from 'openai';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import { BotError } from '../../../core/errors.ts';
import { classifyResponse, classifyThrown } from './classify.ts';
import { directFetch } from './direct-fetch.ts';
import type { BackendServices, Failure } from './resilient-stream.ts';
import { retryAfterMs } from './retry-after.ts';

export type OpenAISdk = typeof import('openai');

/** Longest timer Node has, in milliseconds: the SDK's own timeout must not cut a slow but living stream. */
const NO_TIMEOUT_MS = 2_147_483_647;

let sdk: Promise<OpenAISdk> | null = null;

/** The `openai` package, loaded when the first backend needs it. */
export function loadOpenAI(): Promise<OpenAISdk> {
	sdk ??= import('openai').catch((cause: unknown) => {
		sdk = null;
		throw new BotError('package_missing', 'The package `openai` is missing. Run `npm ci` and start again.', { cause });
	});
	return sdk;
}

/** Options of every client. Nothing but the address may come from the SDK's own environment variables. */
export function openAIClientOptions({ apiKey, baseUrl, headers }: BackendSettings) {
	return {
		// The SDK refuses to start without a key; the header that would carry this one is left out.
		apiKey: apiKey ?? 'none',
		adminAPIKey: null,
		organization: null,
		project: null,
		...(baseUrl === null ? {} : { baseURL: baseUrl }),
		defaultHeaders: { ...(apiKey === null ? { Authorization: null } : {}), ...headers },
		fetch: directFetch,
		maxRetries: 0,
		timeout: NO_TIMEOUT_MS,
		logLevel: 'off',
	} satisfies ClientOptions;
}

/** The provider's own words in an error body; servers disagree about its form. */
function wordsOf(error: APIError): string {
	const body: unknown = error.error;
	if (typeof body === 'string') return body;
	if (typeof body === 'object' && body !== null) {
		for (const field of ['message', 'detail', 'error']) {
			const words = Reflect.get(body, field);
			if (typeof words === 'string') return words;
		}
	}
	return error.message.replace(/^\d{3} /, '');
}

const codeOf = (value: unknown) => (typeof value === 'string' ? value : null);

/** What an error of the `openai` SDK means. */
export function createOpenAIClassifier(
	{ APIConnectionError, APIConnectionTimeoutError, APIError: SdkError }: OpenAISdk,
	settings: BackendSettings,
	{ clock }: BackendServices,
): (error: unknown) => Failure {
	return (error) => {
		if (error instanceof APIConnectionTimeoutError) return classifyThrown(new Error('timed out'), settings);
		if (!(error instanceof SdkError) || error instanceof APIConnectionError) return classifyThrown(error, settings);
		return classifyResponse(
			{
				status: error.status ?? null,
				codes: [codeOf(error.code), codeOf(error.type)],
				message: wordsOf(error),
				retryAfterMs: retryAfterMs(error.headers, clock.now()),
			},
			settings,
		);
	};
}
