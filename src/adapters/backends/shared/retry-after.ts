/**
 * How long a response asks to wait, in milliseconds from `now` (milliseconds since the epoch), or null when it does
 * not say. Reads `retry-after-ms` and both forms of `Retry-After` (RFC 9110, section 10.2.3).
 */
export function retryAfterMs(headers: Pick<Headers, 'get'> | null | undefined, now: number): number | null {
	const exact = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
	if (exact >= 0) return Math.ceil(exact);
	const value = headers?.get('retry-after')?.trim();
	if (!value) return null;
	if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
	const date = Date.parse(value);
	return Number.isNaN(date) ? null : Math.max(0, date - now);
}
