import { retryAfterMs } from '../adapters/backends/shared/retry-after.ts';
import { retryDelay } from '../adapters/backends/shared/retry-delay.ts';
import { type Clock, sleep } from '../core/clock.ts';
import type { WebAccess, WebRules } from '../core/web-access.ts';

/** How often a request is sent at most, as for the backends of models. */
const TRIES = 3;
const PASSING = new Set(['ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE']);

/**
 * The way to agents behind an address: addresses are checked before they are dialled, and a request that was refused for
 * now (429, 5xx, no connection) is sent again after a while, as those of backends are. `random` gives [0, 1).
 */
export async function openWebAccess(rules: WebRules, clock: Clock, random: () => number): Promise<WebAccess> {
	const { createCheckedFetch } = await import('../adapters/tools/mcp/checked-fetch.ts');
	// A body that is too long is told of by whoever reads it.
	const web = createCheckedFetch(rules, () => {});
	return {
		async fetch(input, init = {}) {
			for (let tried = 1; ; tried += 1) {
				const outcome = await web.fetch(input, init).catch((thrown: unknown) => ({ thrown }));
				const delay = tried >= TRIES ? null : delayAfter(outcome, tried, clock, random);
				if (delay === null && 'thrown' in outcome) throw outcome.thrown;
				if (delay === null && !('thrown' in outcome)) return outcome;
				if (!('thrown' in outcome)) await outcome.body?.cancel();
				await sleep(clock, delay ?? 0, init.signal ?? new AbortController().signal);
			}
		},
		close: web.close,
	};
}

/** Milliseconds; null: it is not sent again. */
function delayAfter(
	outcome: Response | { thrown: unknown },
	tried: number,
	clock: Clock,
	random: () => number,
): number | null {
	if ('thrown' in outcome) {
		const { thrown } = outcome;
		const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
		return retryDelay({ retryable: PASSING.has(code), retryAfterMs: null }, tried, random);
	}
	const { status, headers } = outcome;
	const retryable = status === 429 || status >= 500;
	return retryDelay({ retryable, retryAfterMs: retryAfterMs(headers, clock.now()) }, tried, random);
}
