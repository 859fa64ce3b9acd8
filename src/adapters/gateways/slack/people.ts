import type { Clock } from '../../../core/clock.ts';

/** What people have told Slack of themselves. */
export interface People {
	/** The language a person has set, a BCP 47 tag; undefined when Slack does not say or takes too long. */
	localeOf(team: string, user: string): Promise<string | undefined>;
}

/** A person's language is asked for again after this time, in milliseconds. */
const KEPT_MS = 3_600_000;
/** How many people are remembered. */
const MOST = 10_000;
/** Nobody waits longer than this for the language to answer in, in milliseconds. */
const PATIENCE_MS = 1500;

/** `look`: what Slack says of a person's language. */
export function createPeople(clock: Clock, look: (team: string, user: string) => Promise<string | undefined>): People {
	const known = new Map<string, { until: number; locale: Promise<string | undefined> }>();

	const asked = (team: string, user: string): Promise<string | undefined> => {
		const key = `${team}/${user}`;
		const found = known.get(key);
		if (found !== undefined && found.until > clock.now()) return found.locale;
		const locale = look(team, user).catch(() => {
			known.delete(key);
			return undefined;
		});
		known.delete(key);
		known.set(key, { until: clock.now() + KEPT_MS, locale });
		const [oldest] = known.keys();
		if (known.size > MOST && oldest !== undefined) known.delete(oldest);
		return locale;
	};

	return { localeOf: (team, user) => within(clock, PATIENCE_MS, asked(team, user)) };
}

/** What a promise gives, or undefined when it takes longer than `ms`. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
	const late = Promise.withResolvers<undefined>();
	const cancel = clock.after(ms, () => late.resolve(undefined));
	return Promise.race([work, late.promise]).finally(cancel);
}
