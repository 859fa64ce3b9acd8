import type { BackendEvent, BackendFailure, BackendRequest } from '../../../core/backend.ts';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import { type Clock, sleep } from '../../../core/clock.ts';
import { messageOf } from '../../../core/errors.ts';
import { type Usage, unknownUsage } from '../../../core/usage.ts';
import { startAttempt } from './attempt.ts';
import { AttemptError } from './attempt-error.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { providerName } from './provider-names.ts';
import type { RateLimits } from './rate-limit.ts';
import { rateLimitKey } from './rate-limit-key.ts';
import { redact } from './redact.ts';
import { retryDelay } from './retry-delay.ts';

/** What one try may say. Retries and failures are said by `resilientStream`. */
export type AttemptEvent = Exclude<BackendEvent, { type: 'retried' } | { type: 'failed' }>;

export interface BackendServices {
	clock: Clock;
	/** In [0, 1). */
	random: () => number;
	/** One for the whole process. */
	limits: RateLimits;
}

export interface Failure {
	failure: BackendFailure;
	/** False: the same request will fail again until a person repairs something. */
	retryable: boolean;
	/** One sentence for a person. */
	message: string;
	/** How long the provider asked to wait; null when it did not say. */
	retryAfterMs: number | null;
}

interface ResilientStreamOptions {
	settings: BackendSettings;
	services: BackendServices;
	/**
	 * One try. Throws on failure; its last event is `finished`. It calls `alive` for whatever arrives without becoming
	 * an event (pieces of tool arguments, pings), or a long tool call would look like silence.
	 */
	open(request: BackendRequest, signal: AbortSignal, alive: () => void): AsyncIterable<AttemptEvent>;
	classify(error: unknown): Failure;
	/** What the current try has used, for calls that break. */
	usageSoFar?(): Usage;
}

/**
 * A backend's `stream`: rate limit, tries with backoff, idle timeout, abort, and exactly one last event, never a throw.
 * Every event of a try but `finished` counts as output, and a try that has output anything is not repeated.
 */
export async function* resilientStream(
	request: BackendRequest,
	signal: AbortSignal,
	options: ResilientStreamOptions,
): AsyncGenerator<BackendEvent> {
	const { settings, services } = options;
	const key = rateLimitKey(settings);
	const estimated = settings.rateLimit.tokensPerMinute === null ? 0 : estimateTokens(request, settings.maxOutputTokens);
	for (let tried = 1; ; tried++) {
		let hasOutput = false;
		let failure: Failure;
		let attempt: ReturnType<typeof startAttempt<AttemptEvent>> | null = null;
		try {
			await services.limits.acquire(key, settings.rateLimit, estimated, signal);
			signal.throwIfAborted();
			attempt = startAttempt({
				open: (trySignal) => options.open(request, trySignal, () => attempt?.alive()),
				signal,
				clock: services.clock,
				idleTimeoutMs: settings.idleTimeoutMs,
				onSilence: () => silenceError(settings, hasOutput),
			});
			for (let next = await attempt.next(); !next.done; next = await attempt.next()) {
				if (next.value.type === 'finished') {
					attempt.finish();
					services.limits.settle(key, estimated, tokensOf(next.value.usage) ?? estimated);
					yield next.value;
					return;
				}
				hasOutput = true;
				yield next.value;
			}
			throw endedEarly(settings.provider);
		} catch (error) {
			failure = failureOf(error, signal, options);
		} finally {
			attempt?.cancel();
		}
		const retry = hasOutput || tried >= settings.tries ? null : retryDelay(failure, tried, services.random);
		if (retry === null) {
			yield failedEvent(failure, options);
			return;
		}
		const message = redact(failure.message, settings.apiKey);
		yield { type: 'retried', failure: failure.failure, delayMs: retry, message };
		// An abort during the wait is noticed by the next round's `acquire`.
		await sleep(services.clock, retry, signal).catch(() => undefined);
	}
}

function endedEarly(provider: string): AttemptError {
	return new AttemptError('stream_broken', true, `${providerName(provider)}'s reply ended in the middle. Try again.`);
}

function silenceError({ provider, idleTimeoutMs }: BackendSettings, hasOutput: boolean): AttemptError {
	const silence = `sent nothing for ${Math.round(idleTimeoutMs / 1000)} seconds`;
	return new AttemptError(
		hasOutput ? 'stream_broken' : 'timeout',
		true,
		`${providerName(provider)} ${silence}. Try again, or raise the backend's idle timeout for a slow model.`,
	);
}

function tokensOf({ inputTokens, outputTokens }: Usage): number | null {
	return inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens;
}

function failedEvent(
	{ failure, retryable, message, retryAfterMs }: Failure,
	options: ResilientStreamOptions,
): BackendEvent {
	const when = retryAfterMs !== null && retryable ? ` It asks to try again in ${duration(retryAfterMs)}.` : '';
	return {
		type: 'failed',
		failure,
		retryable,
		message: redact(`${message}${when}`, options.settings.apiKey),
		usage: options.usageSoFar?.() ?? unknownUsage,
	};
}

function duration(ms: number): string {
	const seconds = Math.max(1, Math.ceil(ms / 1000));
	if (seconds < 120) return `${seconds} seconds`;
	return seconds < 7_200 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3_600)} hours`;
}

function failureOf(error: unknown, signal: AbortSignal, { settings, classify }: ResilientStreamOptions): Failure {
	if (signal.aborted) {
		return { failure: 'aborted', retryable: false, message: 'The call was stopped.', retryAfterMs: null };
	}
	if (error instanceof AttemptError) {
		const { failure, retryable, message } = error;
		return { failure, retryable, message, retryAfterMs: null };
	}
	try {
		return classify(error);
	} catch (unclassified) {
		const message = `${providerName(settings.provider)} failed in an unknown way: ${messageOf(unclassified)}`;
		return { failure: 'response_invalid', retryable: false, message, retryAfterMs: null };
	}
}
