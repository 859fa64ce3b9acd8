export interface LedgerEntry {
	method: string;
	/** With its ids, without the query: `/channels/1/messages`. */
	path: string;
	/** With names in place of ids: `POST /channels/:channel/messages`. A download is `GET cdn`. */
	route: string;
	query: string;
	/** The body without its files, as parsed JSON; null when there was none. */
	body: unknown;
	files: readonly string[];
	/** 0 while it is not answered, and when the connection was dropped instead. */
	status: number;
	/** The scope of a 429: `user`, `global`, `shared`; else null. */
	scope: string | null;
	/** The JSON code of a refusal, or null. */
	code: number | null;
	/** By the clock of the world, in milliseconds since the epoch. */
	at: number;
}

/** Every request of the bot in the order of its arrival. */
export interface RequestLedger {
	readonly entries: readonly LedgerEntry[];
	add(entry: LedgerEntry): void;
	/** Requests whose route is `route`, or begins with it when it ends in `*`; all without one. */
	of(route?: string): readonly LedgerEntry[];
	/** Writes among `of(route)`: everything but GET. */
	writes(route?: string): readonly LedgerEntry[];
	/** Answers of 401, 403 and 429 in the last ten minutes; a 429 of a shared limit is nobody's fault. */
	invalid(now: number): number;
}

const INVALID_WINDOW_MS = 600_000;

export const matchesRoute = (route: string, wanted: string | undefined): boolean =>
	wanted === undefined || route === wanted || (wanted.endsWith('*') && route.startsWith(wanted.slice(0, -1)));

export function createLedger(): RequestLedger {
	const entries: LedgerEntry[] = [];
	const of = (wanted?: string) => entries.filter(({ route }) => matchesRoute(route, wanted));
	return {
		entries,
		add: (entry) => void entries.push(entry),
		of,
		writes: (wanted) => of(wanted).filter(({ method }) => method !== 'GET'),
		invalid: (now) =>
			entries.filter(
				({ status, scope, at }) =>
					[401, 403, 429].includes(status) && scope !== 'shared' && at > now - INVALID_WINDOW_MS,
			).length,
	};
}
