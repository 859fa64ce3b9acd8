import type { Clock } from '../../../core/clock.ts';
import type { Say } from '../../../core/say.ts';
import { Refusal } from '../shared/refusal.ts';

/** Questions of one client in one window: each is a whole run. */
const MOST = 60;
const WINDOW_MS = 60_000;

/** Counts a client's questions; the result throws a `Refusal` for one too many. */
export function createAskingRate(clock: Clock, say: Say): (client: string) => void {
	/** There are as many as the configuration names. */
	const counts = new Map<string, { since: number; asked: number }>();
	return (client) => {
		const now = clock.now();
		const known = counts.get(client);
		const current = known === undefined || now - known.since >= WINDOW_MS ? { since: now, asked: 0 } : known;
		counts.set(client, { ...current, asked: current.asked + 1 });
		if (current.asked < MOST) return;
		const seconds = Math.max(1, Math.ceil((current.since + WINDOW_MS - now) / 1000));
		throw new Refusal(429, 'rate_limited', say('web.rate_limited', { seconds }), seconds);
	};
}
