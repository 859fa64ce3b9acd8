import type { Clock } from '../core/clock.ts';
import type { Principal, Standing } from '../core/gateway.ts';

/** How long what a platform has said of a person is good for, in milliseconds. */
const KEPT_MS = 60_000;
/** How many people are remembered. */
const MOST = 10_000;

export interface StandingsOptions {
	clock: Clock;
	/** Asks the platform. Rejects when it does not say. */
	look(platform: string, user: string, session: string): Promise<Standing>;
}

/** Who people are in their servers and workspaces. */
export interface Standings {
	/** Null: the platform does not say. `fresh`: it is asked now. */
	of(principal: Principal, session: string, fresh: boolean): Promise<Standing | null>;
}

export function createStandings({ clock, look }: StandingsOptions): Standings {
	const known = new Map<string, { at: number; standing: Promise<Standing | null> }>();

	const keep = (key: string, standing: Promise<Standing | null>): Promise<Standing | null> => {
		known.delete(key);
		known.set(key, { at: clock.now(), standing });
		const [oldest] = known.keys();
		if (known.size > MOST && oldest !== undefined) known.delete(oldest);
		return standing;
	};

	const ask = ({ platform, user }: Principal, session: string, key: string): Promise<Standing | null> => {
		const asked = look(platform, user, session).catch(() => {
			// What was known may have been taken away meanwhile.
			if (known.get(key)?.standing === asked) known.delete(key);
			return null;
		});
		return keep(key, asked);
	};

	return {
		async of(principal, session, fresh) {
			const { platform, tenant, user, kind, roles, name = null } = principal;
			const key = JSON.stringify([platform, tenant, user]);
			const told: Standing | null = kind === undefined ? null : { kind, roles, name };
			// Those whom nothing is looked up for.
			if (kind === 'bot' || kind === 'platform') return told;
			if (fresh) return ask(principal, session, key);
			if (told !== null) return keep(key, Promise.resolve(told));
			const found = known.get(key);
			return found !== undefined && clock.now() - found.at <= KEPT_MS ? found.standing : ask(principal, session, key);
		},
	};
}
