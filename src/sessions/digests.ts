import type { Backend } from '../core/backend.ts';
import type { Clock } from '../core/clock.ts';
import { isStoreConflict } from '../core/errors.ts';
import { allRecords, isCommitted, type Store, type StoredRecord } from '../core/store.ts';
import { DUE_DIGESTS, type DueDigest, digestMade, dueDigestSchema, readDigest } from './digest-record.ts';
import { isOf, longestDigest, type Said, wholeFrom } from './fit-history.ts';
import { type PastRuns, pastOf } from './said-in.ts';
import { lineage, readSession } from './session-record.ts';
import { nextPortion, sumUp } from './sum-up.ts';

/** How long (ms) one attempt may take; then another process may begin it anew. */
const ATTEMPT_MS = 180_000;
/** Pauses (ms) after failures; after the last one it is given up until the session's next run has ended. */
const PAUSES_MS = [60_000, 600_000, 3_600_000];

export interface DigestsOptions {
	store: Store;
	clock: Clock;
	runs: PastRuns;
	/** Characters that agents are told of a conversation. */
	limit: number;
	/** The model that sums up; it is paid for by the session's place. Null: there is none. */
	modelFor(session: string): Promise<Backend | null>;
	/** It could not be made for a session and is given up for now. */
	onGivenUp(session: string, error: unknown): void;
	/** Ends what is under way. */
	signal: AbortSignal;
}

/**
 * Looks through the sessions in which a run has ended, once, and has summed up what soon does not fit any more. What it
 * does not get to is still due: after a failure later, after a crash at the next start.
 */
export async function tendDigests(options: DigestsOptions): Promise<void> {
	for await (const record of allRecords(options.store, DUE_DIGESTS)) {
		if (options.signal.aborted) return;
		// Otherwise somebody else is at it.
		await isCommitted(() => tend(options, record));
	}
}

async function tend(options: DigestsOptions, { key, value, version }: StoredRecord): Promise<void> {
	const { store, clock } = options;
	const due = dueDigestSchema.parse(value);
	if (due.notBefore > clock.now()) return;
	const put = (next: DueDigest, expected: number) =>
		store.commit([{ type: 'put', kind: DUE_DIGESTS, key, value: next, version: expected }]);
	const done = (expected: number) => store.commit([{ type: 'delete', kind: DUE_DIGESTS, key, version: expected }]);
	const work = await workOf(options, due.session);
	const backend = work === null ? null : await options.modelFor(due.session);
	if (work === null || backend === null) {
		await done(version);
		return;
	}
	const { session, tries } = due;
	const [mine = 0] = await put({ session, tries: tries + 1, notBefore: clock.now() + ATTEMPT_MS }, version);
	try {
		const text = await bounded(options, (signal) => sumUp(backend, { session, ...work }, signal));
		const runs = [...(work.before?.runs ?? []), ...work.said.map(({ run }) => run)];
		await store.commit([digestMade(session, { runs, text }, work.version)]);
	} catch (error) {
		// What was broken off by the end of the program goes on at the next start.
		if (options.signal.aborted) return void (await put({ session, tries, notBefore: 0 }, mine));
		if (isStoreConflict(error)) throw error;
		const pause = PAUSES_MS[tries];
		if (pause !== undefined)
			return void (await put({ session, tries: tries + 1, notBefore: clock.now() + pause }, mine));
		options.onGivenUp(session, error);
		await done(mine);
		return;
	}
	// There may be more than one call could take.
	await put({ session, tries: 0, notBefore: 0 }, mine);
}

/** What is to be summed up now; null: nothing. A digest is made for more than is needed now, so that it lasts. */
async function workOf({ store, runs, limit }: DigestsOptions, session: string) {
	const { record } = await readSession(store, session);
	if (record === null) return null;
	const { said } = await pastOf(runs, lineage(record, null));
	const { kept, version } = await readDigest(store, session);
	const before = kept !== null && isOf(kept, said) ? kept : null;
	const covered = before?.runs.length ?? 0;
	const room = limit - longestDigest(limit);
	if (wholeFrom(said, room) <= covered) return null;
	const until = Math.min(said.length - 1, wholeFrom(said, Math.floor(room / 2)));
	const open: readonly Said[] = said.slice(covered, until);
	if (open.length === 0) return null;
	return { before, said: nextPortion(open), most: longestDigest(limit), version };
}

/** Does the work until it takes too long or the program ends. */
async function bounded<Result>(
	{ clock, signal }: DigestsOptions,
	work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
	const late = new AbortController();
	const cancel = clock.after(ATTEMPT_MS, () => late.abort());
	try {
		return await work(AbortSignal.any([signal, late.signal]));
	} finally {
		cancel();
	}
}
