import type { Clock } from '../core/clock.ts';
import type { Asked } from '../core/command.ts';
import { isStoreConflict } from '../core/errors.ts';
import { decodeSessionId, isChannel } from '../core/session-id.ts';
import { allRecords, type Store, type StoreChange, untilCommitted } from '../core/store.ts';
import type { Claimant } from '../runs/fair-line.ts';
import type { RunPlaces } from '../runs/run-places.ts';
import { digestDue } from './digest-record.ts';
import {
	lineage,
	readSession,
	SESSIONS,
	type SessionRecord,
	sessionKey,
	sessionRecordSchema,
	THREADS,
	threadKeyOf,
	threadPrefix,
	type Waiting,
} from './session-record.ts';

/** Sessions with an active run: what a new process must look after. */
const BUSY = 'busy';
/** Questions in one line: each is a whole run, and the line is written as a whole. */
const MOST_WAITING = 25;
/** Sessions that wait for a place. */
const MOST_LINED_UP = 5_000;
/** Sessions of a tenant that are looked through for those of one channel, so many at a time. */
const MOST_LOOKED_AT = 1_000;
const PAGE = 100;

/** Conversations: which run is going in each, and what waits behind it, once and in order. */
export interface Sessions {
	get(session: string): Promise<SessionRecord | null>;
	/** The session; for a channel as a whole its sessions, newest first, out of the latest 1,000 of the tenant. */
	meant(session: string): Promise<readonly SessionRecord[]>;
	/**
	 * Begins a run for the question, or puts it in line behind the session's run. A question that has begun or waits
	 * already (by its id) is not taken twice. While a retry of the same run is going or waiting, that one is meant.
	 * Throws `tooMany` when the line is full.
	 */
	submit(session: string, waiting: Waiting): Promise<Asked>;
	/** Deals with the end of the session's active run: begins what waits first, or lets it wait for a place. Ignores any other run. */
	ended(session: string, run: string): Promise<void>;
	/** Begins what waits first in a session that has no run, without asking for a place. */
	proceed(session: string): Promise<void>;
	/** Lets what waits first in a session that has no run wait for a place. */
	lineUp(record: SessionRecord): void;
	/** How many other sessions have their turn before this one; 0 too when it does not wait for a place. */
	ahead(session: string): number;
	/** Sessions whose active run had not been dealt with. */
	busy(): Promise<readonly SessionRecord[]>;
	/** Newest first; `before` is the last session one had. */
	list(
		platform: string,
		tenant: string,
		options: { limit: number; before?: string },
	): Promise<readonly SessionRecord[]>;
}

export interface BeginRequest {
	session: string;
	run: string;
	waiting: Waiting;
	/** Runs whose question and answer are its history, in order. */
	lineage: readonly string[];
}

export interface SessionsOptions {
	store: Store;
	clock: Clock;
	newRunId(): string;
	/**
	 * Opens the run and commits `also` with it, or nothing. Throws `store_conflict` when the session has
	 * changed meanwhile; any other error means that the question cannot be begun.
	 */
	begin(request: BeginRequest, also: readonly StoreChange[]): Promise<void>;
	places: Pick<RunPlaces, 'take' | 'done' | 'wait' | 'ahead' | 'order'>;
	/** The queue of a session has changed. */
	onQueue(session: string, waiting: readonly Waiting[]): void;
	/** What is thrown when a line is full. */
	tooMany(waiting: Waiting, most: number): Error;
	/** A question that waited could not be begun and was taken out of the line. */
	onRefused(session: string, waiting: Waiting, error: unknown): void;
}

export function createSessions(options: SessionsOptions): Sessions {
	const { store, clock, places } = options;
	const ahead = (session: string) => places.ahead(session) ?? 0;

	const read = (session: string): Promise<Found> => readSession(store, session);

	const put = (record: SessionRecord, version: number): StoreChange => ({
		type: 'put',
		kind: SESSIONS,
		key: sessionKey(record.session),
		value: record,
		version,
	});

	/** Tries until nobody else has changed the session in between. */
	const settle = async <Result>(session: string, attempt: (found: Found) => Promise<Result>): Promise<Result> => {
		return untilCommitted(async () => attempt(await read(session)), Number.POSITIVE_INFINITY);
	};

	const fresh = (session: string, waiting: Waiting): SessionRecord => {
		const { platform, tenant } = decodeSessionId(session);
		const startedAt = clock.now();
		const threadKey = threadKeyOf(threadPrefix(platform, tenant), startedAt, session);
		const title = waiting.question.slice(0, 200);
		return { session, title, startedAt, threadKey, runs: [], active: null, waiting: [] };
	};

	const begin = async (
		record: SessionRecord,
		version: number,
		waiting: Waiting,
		ended: readonly StoreChange[] = [],
	): Promise<string> => {
		const { session } = record;
		const run = options.newRunId();
		const next: SessionRecord = {
			...record,
			runs: [...record.runs, { run, retryOf: waiting.retryOf, asked: waiting.id }],
			active: run,
			waiting: record.waiting.filter(({ id }) => id !== waiting.id),
		};
		const also: StoreChange[] = [
			...ended,
			put(next, version),
			{ type: 'put', kind: BUSY, key: sessionKey(session), value: { session } },
			{ type: 'put', kind: THREADS, key: record.threadKey, value: { session } },
		];
		await options.begin({ session, run, waiting, lineage: lineage(record, waiting.retryOf) }, also);
		if (next.waiting.length < record.waiting.length) options.onQueue(session, next.waiting);
		return run;
	};

	const idle = (record: SessionRecord, version: number) =>
		store.commit([
			put({ ...record, active: null }, version),
			{ type: 'delete', kind: BUSY, key: sessionKey(record.session) },
			...afterEnd(record),
		]);

	const lineUp = ({ session, waiting: [first] }: SessionRecord): void => {
		if (first !== undefined) places.wait(session, claimantOf(session, first));
	};

	/** Keeps what waits in a session without a run, where the next process finds it too, and lets it wait for a place. */
	const hold = async (record: SessionRecord, version: number, ended: readonly StoreChange[] = []): Promise<void> => {
		const { session, threadKey } = record;
		await store.commit([
			...ended,
			put({ ...record, active: null }, version),
			{ type: 'put', kind: BUSY, key: sessionKey(session), value: { session } },
			{ type: 'put', kind: THREADS, key: threadKey, value: { session } },
		]);
		lineUp(record);
		options.onQueue(session, record.waiting);
	};

	/** Begins a question if there is a place for its run; null: there is none. */
	const tryToBegin = async (...of: Parameters<typeof begin>): Promise<string | null> => {
		const [{ session }] = of;
		if (!places.take(session)) return null;
		return begin(...of).finally(() => places.done(session));
	};

	/**
	 * Goes on after the end of a run (null: there is none, and a place was given): begins what waits first. What cannot be
	 * begun leaves the line, so that it holds nobody up.
	 */
	const moveUp = async (session: string, run: string | null): Promise<void> => {
		const isDone = await settle(session, async ({ record, version }): Promise<boolean> => {
			if (record === null || record.active !== run) return true;
			const [first, ...rest] = record.waiting;
			try {
				if (first === undefined) await idle(record, version);
				else if (run === null) await begin(record, version, first);
				else if ((await tryToBegin(record, version, first, afterEnd(record))) === null)
					await hold(record, version, afterEnd(record));
				return true;
			} catch (error) {
				if (first === undefined || isStoreConflict(error)) throw error;
				await store.commit([put({ ...record, waiting: rest }, version)]);
				options.onRefused(session, first, error);
				options.onQueue(session, rest);
				return false;
			}
		});
		if (!isDone) await moveUp(session, run);
	};

	const list: Sessions['list'] = async (platform, tenant, { limit, before }) => {
		const prefix = threadPrefix(platform, tenant);
		const last = before === undefined ? null : (await read(before)).record;
		const page = await store.list(THREADS, { after: last?.threadKey ?? prefix, limit: Math.min(100, limit) });
		const own = page.filter(({ key }) => key.startsWith(prefix));
		const records = own.map(async ({ value }) => (await read(sessionIn(value))).record);
		return (await Promise.all(records)).filter((record) => record !== null);
	};

	return {
		get: async (session) => (await read(session)).record,
		async meant(session) {
			if (!isChannel(session)) {
				const { record } = await read(session);
				return record === null ? [] : [record];
			}
			const { platform, tenant, channel } = decodeSessionId(session);
			const found: SessionRecord[] = [];
			let before: string | undefined;
			for (let looked = 0; looked < MOST_LOOKED_AT; looked += PAGE) {
				const page = await list(platform, tenant, { limit: PAGE, ...(before === undefined ? {} : { before }) });
				found.push(...page.filter((record) => decodeSessionId(record.session).channel === channel));
				before = page.at(-1)?.session;
				if (before === undefined) break;
			}
			return found;
		},
		submit: (session, waiting) =>
			settle(session, async ({ record, version }): Promise<Asked> => {
				const known = record === null ? null : takenBefore(record, waiting.id);
				if (known !== null) return known;
				if (record === null || (record.active === null && record.waiting.length === 0)) {
					const idle = record ?? fresh(session, waiting);
					const run = await tryToBegin(idle, version, waiting);
					if (run !== null) return { type: 'started', run };
					if (places.order().length >= MOST_LINED_UP) throw options.tooMany(waiting, MOST_LINED_UP);
					await hold({ ...idle, waiting: [waiting] }, version);
					return { type: 'queued', position: ahead(session) + 1 };
				}
				const same = retryUnderWay(record, waiting.retryOf);
				if (same !== null) return same;
				if (record.waiting.length >= MOST_WAITING) throw options.tooMany(waiting, MOST_WAITING);
				const line = [...record.waiting, waiting];
				await store.commit([put({ ...record, waiting: line }, version)]);
				options.onQueue(session, line);
				return { type: 'queued', position: ahead(session) + line.length };
			}),
		ended: moveUp,
		proceed: (session) => moveUp(session, null),
		lineUp,
		ahead,
		async busy() {
			const found: SessionRecord[] = [];
			for await (const { key } of allRecords(store, BUSY)) {
				const session = await store.get(SESSIONS, key);
				if (session !== null) found.push(sessionRecordSchema.parse(session.value));
			}
			return found;
		},
		list,
	};
}

/** What has become of a question by its id; null: it was not taken. */
export function takenBefore(record: SessionRecord, id: string): Asked | null {
	const begun = record.runs.find(({ asked }) => asked === id);
	if (begun !== undefined) return { type: 'started', run: begun.run };
	const position = record.waiting.findIndex((waiting) => waiting.id === id) + 1;
	return position === 0 ? null : { type: 'queued', position };
}

function retryUnderWay(record: SessionRecord, retryOf: string | null): Asked | null {
	if (retryOf === null) return null;
	const going = record.runs.find(({ run }) => run === record.active);
	if (going?.retryOf === retryOf) return { type: 'started', run: going.run };
	const position = record.waiting.findIndex((waiting) => waiting.retryOf === retryOf) + 1;
	return position === 0 ? null : { type: 'queued', position };
}

/** The newest exchange is told as it is, so there is something to sum up from the second on. */
const afterEnd = ({ session, runs }: SessionRecord): StoreChange[] => (runs.length < 2 ? [] : [digestDue(session)]);

function claimantOf(session: string, { requester, showing }: Waiting): Claimant {
	const { platform, tenant, channel } = decodeSessionId(session);
	return { tenant: `${platform}:${tenant}`, channel, user: requester?.user ?? showing.askedBy ?? '' };
}

interface Found {
	record: SessionRecord | null;
	version: number;
}

const sessionIn = (value: unknown): string => sessionRecordSchema.pick({ session: true }).parse(value).session;
