import type { webApi } from '@slack/bolt';
import { CALL_TIMEOUT_MS } from './limits.ts';
import { silentLogger } from './silent-logger.ts';

/** A client that asks once and waits for nobody. `token`: null for the methods that need none. */
export async function bareClient(apiUrl: string, token: string | null): Promise<webApi.WebClient> {
	const { webApi } = await import('@slack/bolt');
	return new webApi.WebClient(token ?? undefined, {
		slackApiUrl: apiUrl,
		logger: silentLogger,
		retryConfig: { retries: 0 },
		rejectRateLimitedCalls: true,
		timeout: CALL_TIMEOUT_MS,
	});
}
