import type { Clock } from '../core/clock.ts';
import type { Principal, Standing } from '../core/gateway.ts';

/** How long what a platform has said of a person is good for, in milliseconds. */
const KEPT_MS = 60_000;
/** How many people are remembered. */
const MOST = 10_000;

export interface StandingsOptions {
	clock: Clock;
	/** Asks the platform. Rejects when it does not say. */
	look(principal: Principal, session: string, groups: boolean): Promise<Standing>;
}

export interface Wanted {
	/** The platform is asked now, whatever is known. */
	fresh: boolean;
	/** In which groups they are, too. */
	groups: boolean;
}

/** Who people are in their servers and workspaces. */
export interface Standings {
	/** Null: the platform does not say. */
	of(principal: Principal, session: string, wanted: Wanted): Promise<Standing | null>;
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

	const ask = (principal: Principal, session: string, groups: boolean, key: string): Promise<Standing | null> => {
		const asked = look(principal, session, groups).catch(() => {
			// What was known may have been taken away meanwhile.
			if (known.get(key)?.standing === asked) known.delete(key);
			return null;
		});
		return keep(key, asked);
	};

	return {
		async of(principal, session, { fresh, groups }) {
			const { platform, tenant, user, kind, roles, name = null } = principal;
			const key = JSON.stringify([platform, tenant, user]);
			const told: Standing | null = kind === undefined ? null : { kind, roles, name };
			// Those whom nothing is looked up for.
			if (kind === 'bot' || kind === 'platform') return told;
			const isEnough = (standing: Standing | null) => standing !== null && !(groups && standing.roles === null);
			if (fresh) return ask(principal, session, groups, key);
			if (isEnough(told)) return keep(key, Promise.resolve(told));
			const found = known.get(key);
			const standing = found !== undefined && clock.now() - found.at <= KEPT_MS ? await found.standing : null;
			return isEnough(standing) ? standing : ask(principal, session, groups, key);
		},
	};
}
