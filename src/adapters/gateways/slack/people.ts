import type { Clock } from '../../../core/clock.ts';
import { within } from './within.ts';

/** What Slack says of a person. */
export interface Person {
	/** As people write it; null: Slack does not say. */
	name: string | null;
	/** The language they have set, a BCP 47 tag. */
	locale: string | undefined;
}

/** Who people are: asked for once an hour. */
export interface People {
	/** Undefined when Slack does not say, or not within `patienceMs`. */
	localeOf(team: string, user: string, patienceMs: number): Promise<string | undefined>;
	nameOf(team: string, user: string): Promise<string | null>;
}

/** What is known of a person is asked for again after this time, in milliseconds. */
const KEPT_MS = 3_600_000;
/** What is not known, because Slack did not answer. */
const KEPT_UNKNOWN_MS = 10_000;
/** How many people are remembered. */
const MOST = 10_000;

/** `look`: what Slack says of a person. */
export function createPeople(clock: Clock, look: (team: string, user: string) => Promise<Person>): People {
	const known = new Map<string, { until: number; person: Promise<Person | null> }>();

	const asked = (team: string, user: string): Promise<Person | null> => {
		const key = `${team}/${user}`;
		const found = known.get(key);
		if (found !== undefined && found.until > clock.now()) return found.person;
		const person = look(team, user).catch(() => {
			entry.until = clock.now() + KEPT_UNKNOWN_MS;
			return null;
		});
		const entry = { until: clock.now() + KEPT_MS, person };
		known.delete(key);
		known.set(key, entry);
		const [oldest] = known.keys();
		if (known.size > MOST && oldest !== undefined) known.delete(oldest);
		return entry.person;
	};

	return {
		localeOf: async (team, user, patienceMs) => (await within(clock, patienceMs, asked(team, user)))?.locale,
		nameOf: async (team, user) => (await asked(team, user))?.name ?? null,
	};
}
