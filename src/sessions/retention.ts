import { z } from 'zod';
import { requestsForgotten } from '../approvals/records.ts';
import type { Audit, AuditRow } from '../core/audit.ts';
import type { Clock } from '../core/clock.ts';
import { FOLDERS_OF_RUNS, LATEST_FOLDERS } from '../core/kept-files.ts';
import { decodeSessionId } from '../core/session-id.ts';
import {
	allRecords,
	isCommitted,
	recordsFrom,
	type Store,
	type StoreChange,
	type StoredRecord,
} from '../core/store.ts';
import { dueForgotten } from '../memory/learner.ts';
import { slotsForgotten } from '../observers/slot-records.ts';
import { journalForgotten } from '../runs/journal.ts';
import { digestForgotten } from './digest-record.ts';
import { collectLoose, type Loosened, loosened } from './loose-files.ts';
import type { PastRuns } from './said-in.ts';
import { RATINGS, SESSIONS, type SessionRecord, sessionKey, sessionRecordSchema, THREADS } from './session-record.ts';

const DAY_MS = 86_400_000;
/** Sessions that one sweep takes out; if there are more, the next one goes on soon. */
const MOST_SESSIONS = 500;
/** Changes of one commit. */
const BATCH = 400;

/** Sessions that are taken out and not yet deleted to the end, under their keys. */
const DOOMED = 'doomed-session';
const doomedSchema = z.object({ session: z.string(), runs: z.array(z.string()) });
type Doomed = z.infer<typeof doomedSchema>;

/** When the last sweep began. */
const SWEEPS = 'retention';
const sweepSchema = z.object({ at: z.number().int() });

export interface RetentionOptions {
	store: Store;
	clock: Clock;
	audit: Audit;
	runs: PastRuns;
	/** Age (ms) at which a session is deleted: since the end of its last run. */
	ageMs: number;
	/** Forgets what else there is of sessions that are no more. */
	alsoForget(sessions: ReadonlySet<string>): Promise<void>;
}

/** What one sweep has deleted. */
export interface Swept {
	sessions: number;
	runs: number;
	files: number;
}

/**
 * Deletes sessions that are too old, once a day in all processes together; never one with a run that is going or a
 * question that waits. First a session is taken out, in one commit with its row in the audit; then all that belongs to it
 * is deleted, batch by batch, by the next sweep if this one dies. Null: it is not time yet, or somebody else is at it.
 */
export async function sweepSessions(options: RetentionOptions): Promise<Swept | null> {
	const { store, clock } = options;
	const now = clock.now();
	const last = await store.get(SWEEPS, 'last');
	if (last !== null && sweepSchema.parse(last.value).at > now - DAY_MS) return null;
	const begun = (at: number, version?: number) =>
		store.commit([
			{ type: 'put', kind: SWEEPS, key: 'last', value: { at }, ...(version === undefined ? {} : { version }) },
		]);
	if (!(await isCommitted(() => begun(now, last?.version ?? 0)))) return null;
	const sessions = await takeOut(options, now);
	const runs = await deleteDoomed(options, now);
	const files = await collectLoose(store, options.runs, now);
	if (sessions === MOST_SESSIONS) await begun(0);
	return { sessions, runs, files };
}

async function takeOut(options: RetentionOptions, now: number): Promise<number> {
	let count = 0;
	for await (const { key, value, version } of allRecords(options.store, SESSIONS)) {
		const record = sessionRecordSchema.parse(value);
		const lastAt = record.startedAt > now - options.ageMs ? null : await endOf(options.runs, record);
		if (lastAt === null || lastAt > now - options.ageMs) continue;
		const { session, threadKey } = record;
		const doomed: Doomed = { session, runs: record.runs.map(({ run }) => run) };
		const changes: StoreChange[] = [
			{ type: 'delete', kind: SESSIONS, key, version },
			{ type: 'delete', kind: THREADS, key: threadKey },
			...digestForgotten(session),
			{ type: 'put', kind: DOOMED, key, value: doomed },
		];
		// Otherwise somebody has asked something in it.
		if (!(await isCommitted(() => options.audit.record([rowOf(doomed, lastAt)], changes)))) continue;
		count += 1;
		if (count === MOST_SESSIONS) break;
	}
	return count;
}

/** When the last thing happened in a session; null: something is going on. */
async function endOf(runs: PastRuns, { active, waiting, startedAt, runs: own }: SessionRecord): Promise<number | null> {
	if (active !== null || waiting.length > 0) return null;
	let end = startedAt;
	for (const { run } of own) {
		const record = await runs.record(run);
		if (record?.status === 'running') return null;
		end = Math.max(end, record?.result?.finishedAt ?? 0);
	}
	return end;
}

function rowOf({ session, runs }: Doomed, lastAt: number): AuditRow {
	const { platform, tenant } = decodeSessionId(session);
	return {
		...{ platform, tenant, actor: { platform: 'process', id: 'retention' }, action: 'session.expire' },
		...{ target: { type: 'session', id: session }, outcome: 'done', details: { runs: runs.length, lastAt } },
	};
}

/** Returns how many runs were deleted. */
async function deleteDoomed(options: RetentionOptions, now: number): Promise<number> {
	const { store } = options;
	const doomed: Doomed[] = [];
	for await (const { value } of allRecords(store, DOOMED)) doomed.push(doomedSchema.parse(value));
	let count = 0;
	for (const { runs } of doomed) {
		for (const run of runs) await deleteRun(options, run, now);
		count += runs.length;
	}
	// A thread in which somebody has asked again since is there again.
	const gone = new Set<string>();
	for (const { session } of doomed) if ((await store.get(SESSIONS, sessionKey(session))) === null) gone.add(session);
	if (gone.size > 0) await options.alsoForget(gone);
	await inBatches(
		store,
		doomed.map(({ session }) => ({ type: 'delete', kind: DOOMED, key: sessionKey(session) })),
	);
	return count;
}

/** The journal last: it says which files were attached. */
async function deleteRun({ store, runs }: RetentionOptions, run: string, now: number): Promise<void> {
	const folders = await recordsFrom(store, FOLDERS_OF_RUNS, `${run}:`);
	const latest = await recordsFrom(store, LATEST_FOLDERS, `${run}:`);
	const ratings = await recordsFrom(store, RATINGS, `${run}:`);
	const input = await runs.input(run).catch(() => null);
	const loose: Loosened = {
		files: input?.attachments.map(({ key }) => key) ?? [],
		folders: folders.map(({ key }) => key.slice(run.length + 1)),
		records: latest.map(({ value }) => value),
	};
	await inBatches(store, [
		...loosened(loose, now),
		...deleted(FOLDERS_OF_RUNS, folders),
		...deleted(LATEST_FOLDERS, latest),
		...deleted(RATINGS, ratings),
		...(await requestsForgotten(store, run)),
	]);
	await store.commit([...slotsForgotten(run), dueForgotten(run), ...journalForgotten(run)]);
}

const deleted = (kind: string, records: readonly StoredRecord[]): StoreChange[] =>
	records.map(({ key }) => ({ type: 'delete', kind, key }));

async function inBatches(store: Store, changes: readonly StoreChange[]): Promise<void> {
	for (let from = 0; from < changes.length; from += BATCH) await store.commit(changes.slice(from, from + BATCH));
}
