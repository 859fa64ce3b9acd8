import { z } from 'zod';
import { type Clock, sleep } from '../../../core/clock.ts';

/** Shapes of what the SDK throws; its classes are not loaded before they are needed. */
const platformSchema = z.object({
	code: z.literal('slack_webapi_platform_error'),
	data: z.object({ error: z.string() }),
});
const limitedSchema = z.object({ code: z.literal('slack_webapi_rate_limited_error'), retryAfter: z.number() });

/** Slack's word for why it did not do what was asked, such as `channel_not_found`; null when it did not answer. */
export function refusalOf(thrown: unknown): string | null {
	return platformSchema.safeParse(thrown).data?.data.error ?? null;
}

/** How long Slack wants to be left alone, in milliseconds; null when it does not say so. */
export function waitOf(thrown: unknown): number | null {
	const found = limitedSchema.safeParse(thrown).data;
	return found === undefined ? null : found.retryAfter * 1000;
}

/** Longest wait that is worth it for what a person is waiting for, in milliseconds. */
const PATIENCE_MS = 30_000;

/** Does a call, and again once when Slack asks to wait: for what may be done twice. */
export async function patiently<T>(clock: Clock, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
	try {
		return await call();
	} catch (thrown) {
		const wait = waitOf(thrown);
		if (wait === null || wait > PATIENCE_MS) throw thrown;
		await sleep(clock, wait, signal);
		return call();
	}
}
