import { isStoreConflict } from './errors.ts';

/**
 * A JSON value under a key. `version` starts at 1 and grows by one with each write; a key that is written again
 * after its deletion goes on with its versions, so a fencing token never becomes valid again.
 */
export interface StoredRecord {
	key: string;
	value: unknown;
	version: number;
}

/** One entry of an append-only log. `seq` starts at 1, without gaps. */
export interface LogEntry {
	seq: number;
	value: unknown;
}

export type StoreChange =
	/** Writes a record. `version`: what it must be now (0: it must not exist); left out: whatever it is. */
	| { type: 'put'; kind: string; key: string; value: unknown; version?: number }
	| { type: 'delete'; kind: string; key: string; version?: number }
	/** Appends one entry. `seq`: the number it must get; left out: the next one. */
	| { type: 'append'; log: string; value: unknown; seq?: number }
	/** Removes all entries of a log that nobody watches; the next one is number 1 again. */
	| { type: 'drop'; log: string }
	/** Changes nothing; the commit stands only while the record has this version (a fencing token). */
	| { type: 'check'; kind: string; key: string; version: number };

/**
 * The state of record: keyed records with versions, append-only logs, one atomic commit, a change feed.
 * Values are JSON; a reader gets copies. Kinds, keys and log names are 1 to 200 characters.
 */
export interface Store {
	/**
	 * Whether what was committed outlives a crash of whatever keeps it. False: it may be gone, and with it the record of
	 * what was done, so nothing may be done that must not happen twice.
	 */
	readonly durable: boolean;
	/** The record, or null. */
	get(kind: string, key: string): Promise<StoredRecord | null>;
	/** Records of a kind in ascending key order (by code unit), at most `limit` (1 to 1,000), after key `after`. */
	list(kind: string, options: { after?: string; limit: number }): Promise<readonly StoredRecord[]>;
	/** Entries of a log with `seq` > `after`, in order, at most `limit` (1 to 10,000). */
	read(log: string, options: { after: number; limit: number }): Promise<readonly LogEntry[]>;
	/**
	 * Makes all changes or none, durable when it resolves. Versions of puts and numbers of appends come back
	 * in the order of the changes (0 for the other changes).
	 * Commits are made in the order of their calls. Throws `store_conflict` when an expectation does not hold, `store_full`
	 * when there is no space, `store_failed` when the store cannot be used and `store_away` while it cannot be reached: then it is not known
	 * whether it was made.
	 */
	commit(changes: readonly StoreChange[]): Promise<readonly number[]>;
	/** Entries of a log with `seq` > `after`, those there are and those to come, until the signal aborts. */
	watch(log: string, after: number, signal: AbortSignal): AsyncIterable<LogEntry>;
	close(): Promise<void>;
}

const PAGE = 1_000;

/** Every record of a kind in ascending key order, read page by page: what is written meanwhile may be among them. */
export async function* allRecords(store: Store, kind: string): AsyncIterable<StoredRecord> {
	for (let after = ''; ; ) {
		const page = await store.list(kind, { after, limit: PAGE });
		yield* page;
		const last = page.at(-1);
		if (last === undefined || page.length < PAGE) return;
		after = last.key;
	}
}

/** The records of a kind whose keys begin with `prefix`, in ascending key order. */
export async function recordsFrom(store: Store, kind: string, prefix: string): Promise<StoredRecord[]> {
	const found: StoredRecord[] = [];
	for (let after = prefix; ; ) {
		const page = await store.list(kind, { after, limit: PAGE });
		const own = page.filter(({ key }) => key.startsWith(prefix));
		found.push(...own);
		const last = own.at(-1);
		if (last === undefined || own.length < PAGE) return found;
		after = last.key;
	}
}

/** Whether a commit was made; false: an expectation of it did not hold. What else goes wrong is thrown. */
export async function isCommitted(commit: () => Promise<unknown>): Promise<boolean> {
	try {
		await commit();
		return true;
	} catch (error) {
		if (isStoreConflict(error)) return false;
		throw error;
	}
}

/** Reads and commits again whenever somebody else was faster, at most `tries` times; then it throws `store_conflict`. */
export async function untilCommitted<Result>(attempt: () => Promise<Result>, tries: number): Promise<Result> {
	for (let made = 1; ; made += 1) {
		try {
			return await attempt();
		} catch (error) {
			if (!isStoreConflict(error) || made === tries) throw error;
		}
	}
}
