const BASE_MS = 500;
const CAP_MS = 8_000;
/** A provider that asks for a longer wait than this has failed: an agent does not sit still for minutes. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * Milliseconds to wait before the next try, or null for none: what the provider asked for, else exponential backoff
 * with full jitter. `tried` counts the tries so far, from 1; `random` gives [0, 1).
 */
export function retryDelay(
	{ retryable, retryAfterMs }: { retryable: boolean; retryAfterMs: number | null },
	tried: number,
	random: () => number,
): number | null {
	if (!retryable) return null;
	if (retryAfterMs !== null) return retryAfterMs <= LONGEST_RETRY_AFTER_MS ? retryAfterMs : null;
	return Math.floor(random() * Math.min(CAP_MS, BASE_MS * 2 ** (tried - 1)));
}
