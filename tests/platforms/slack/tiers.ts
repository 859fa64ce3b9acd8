import type { Clock } from '../../../src/core/clock.ts';

/** Calls a minute of each tier; Slack promises "at least" these. https://docs.slack.dev/apis/web-api/rate-limits */
const PER_MINUTE = { tier1: 1, tier2: 20, tier3: 50, tier4: 100, special: Number.POSITIVE_INFINITY } as const;
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

/** `post`: one message a second and channel, with short bursts. */
export type Tier = keyof typeof PER_MINUTE | 'post';

export interface TierOptions {
	/** Messages a channel takes at once before the pace of 1 a second holds. */
	postBurst: number;
	enforced: boolean;
}

export type Pace =
	| { type: 'go' }
	/** Too fast. `ignored`: the caller was told to wait and did not. `retryAfter` in seconds. */
	| { type: 'wait'; retryAfter: number; ignored: boolean };

export interface Tiers {
	/** Counts one call of a method in a team and, for posts, a channel. */
	pace(tier: Tier, method: string, team: string, channel: string): Pace;
	/** Tells the caller to wait `retryAfter` seconds, and remembers it. */
	hold(tier: Tier, method: string, team: string, channel: string, retryAfter: number): void;
	enforce(enforced: boolean): void;
}

/** Method counts are per workspace, posts per channel. */
const keyOf = (tier: Tier, method: string, team: string, channel: string) =>
	tier === 'post' ? `${team}/${channel}/post` : `${team}/${method}`;

export function createTiers(clock: Clock, options: TierOptions): Tiers {
	const calls = new Map<string, number[]>();
	const buckets = new Map<string, { left: number; at: number }>();
	const heldUntil = new Map<string, number>();
	let { enforced } = options;

	/** Seconds until the next message may go, 0 when it may now. */
	const postWait = (key: string) => {
		const now = clock.now();
		const bucket = buckets.get(key) ?? { left: options.postBurst, at: now };
		const left = Math.min(options.postBurst, bucket.left + (now - bucket.at) / SECOND_MS);
		if (left < 1) return 1 - left;
		buckets.set(key, { left: left - 1, at: now });
		return 0;
	};

	const windowWait = (key: string, perMinute: number) => {
		const now = clock.now();
		const recent = (calls.get(key) ?? []).filter((at) => at > now - MINUTE_MS);
		calls.set(key, recent);
		const oldest = recent[0];
		if (recent.length >= perMinute && oldest !== undefined) return (oldest + MINUTE_MS - now) / SECOND_MS;
		recent.push(now);
		return 0;
	};

	return {
		pace(tier, method, team, channel) {
			const key = keyOf(tier, method, team, channel);
			const held = (heldUntil.get(key) ?? 0) - clock.now();
			if (held > 0) return { type: 'wait', retryAfter: Math.ceil(held / SECOND_MS), ignored: true };
			if (!enforced) return { type: 'go' };
			const wait = tier === 'post' ? postWait(key) : windowWait(key, PER_MINUTE[tier]);
			if (wait === 0) return { type: 'go' };
			const retryAfter = Math.max(1, Math.ceil(wait));
			heldUntil.set(key, clock.now() + retryAfter * SECOND_MS);
			return { type: 'wait', retryAfter, ignored: false };
		},
		hold(tier, method, team, channel, retryAfter) {
			heldUntil.set(keyOf(tier, method, team, channel), clock.now() + retryAfter * SECOND_MS);
		},
		enforce(on) {
			enforced = on;
		},
	};
}
