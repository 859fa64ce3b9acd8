import { randomUUID } from 'node:crypto';

/** Requests that a bucket lets through in a window. */
export interface Limit {
	requests: number;
	windowMs: number;
}

/**
 * `realistic`: what people observe, 5 messages in 5 s a channel, edits in a bucket of their own, 50 requests a second in
 * all. `off`: the headers are there but never near their end. A list gives the limit of single routes; the first match
 * counts and the rest is as in `off`.
 */
export type Rates = 'realistic' | 'off' | readonly (readonly [route: RegExp, limit: Limit])[];

const WIDE: Limit = { requests: 10_000, windowMs: 1000 };
const REALISTIC: readonly (readonly [RegExp, Limit])[] = [
	[/^(POST|PATCH|DELETE) \/channels\/:channel\/messages/, { requests: 5, windowMs: 5000 }],
	[/^PATCH \/channels\/:channel$/, { requests: 5, windowMs: 10_000 }],
	[/^POST \/channels\/:channel\/typing$/, { requests: 5, windowMs: 5000 }],
	[/^(PUT|DELETE) .*\/reactions\//, { requests: 1, windowMs: 250 }],
	[/^[A-Z]+ \/webhooks\//, { requests: 5, windowMs: 2000 }],
	[/^[A-Z]+ \//, { requests: 20, windowMs: 10_000 }],
];
const GLOBAL: Limit = { requests: 50, windowMs: 1000 };

export interface Verdict {
	headers: Record<string, string>;
	/** Seconds to wait, or null when the request may pass. */
	retryAfter: number | null;
	scope: 'user' | 'global' | null;
}

export interface Buckets {
	/** Counts a request and says whether it may pass; `major` is the id that splits the bucket: channel, server, webhook. */
	take(route: string, major: string): Verdict;
}

interface Window {
	startedAt: number;
	used: number;
}

/** Counts by the machine's time, because a client waits by it too; `clock` gives it in milliseconds. */
export function createBuckets(rates: Rates, clock: () => number = Date.now): Buckets {
	const windows = new Map<string, Window>();
	const names = new Map<string, string>();
	const limits = rates === 'realistic' ? REALISTIC : rates === 'off' ? [] : rates;

	function use(key: string, { requests, windowMs }: Limit, now: number): { left: number; resetMs: number } {
		const known = windows.get(key);
		const window = known && known.startedAt + windowMs > now ? known : { startedAt: now, used: 0 };
		windows.set(key, window);
		if (window.used < requests) window.used += 1;
		else return { left: -1, resetMs: window.startedAt + windowMs - now };
		return { left: requests - window.used, resetMs: window.startedAt + windowMs - now };
	}

	return {
		take(route, major) {
			const now = clock();
			const isInteraction = /^[A-Z]+ \/(interactions|webhooks)\//.test(route);
			const global = rates === 'realistic' && !isInteraction ? use('global', GLOBAL, now) : null;
			if (global && global.left < 0)
				return {
					headers: { 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' },
					retryAfter: global.resetMs / 1000,
					scope: 'global',
				};
			const limit = limits.find(([pattern]) => pattern.test(route))?.[1] ?? WIDE;
			const name = names.get(route) ?? randomUUID().replaceAll('-', '');
			names.set(route, name);
			const { left, resetMs } = use(`${route} ${major}`, limit, now);
			const headers = {
				'x-ratelimit-limit': String(limit.requests),
				'x-ratelimit-remaining': String(Math.max(0, left)),
				'x-ratelimit-reset': String((now + resetMs) / 1000),
				'x-ratelimit-reset-after': String(resetMs / 1000),
				'x-ratelimit-bucket': name,
			};
			if (left >= 0) return { headers, retryAfter: null, scope: null };
			return { headers: { ...headers, 'x-ratelimit-scope': 'user' }, retryAfter: resetMs / 1000, scope: 'user' };
		},
	};
}
