import { BotError } from '../core/errors.ts';
import type { Lease } from '../core/lease.ts';
import type { Recalled } from '../core/memory.ts';
import { type JournalEntry, journalEntrySchema, type RunInput, type RunRecord, runRecordSchema } from '../core/run.ts';
import { allRecords, type LogEntry, type Store, type StoreChange } from '../core/store.ts';
import { readRecalled, recalledChange, recalledForgotten } from '../memory/recalled.ts';
import { dispatchForgotten } from './dispatch-record.ts';
import { type Leases, leaseForgotten } from './leases.ts';
import { signalsForgotten } from './people-signals.ts';
import { cleared } from './poison.ts';

const PAGE = 1_000;
const RUNS = 'run';

const logOf = (run: string) => `journal/${run}`;

/** Makes changes or none, as `Store.commit` does, with more of its own. */
export type Commit = (changes: readonly StoreChange[]) => Promise<unknown>;

/**
 * The append-only truth of one run, held by a lease. Appends are numbered and fenced: when another process
 * has taken the run over, the next append fails with `lease_lost` and nothing is written.
 */
export interface Journal {
	readonly lease: Lease;
	/**
	 * Appends in call order and resolves in call order; durable when it resolves, and the run certainly still held then.
	 * `also` is committed with the entry or not at all; `commit` is used in the place of the store's, and nothing
	 * overtakes it.
	 */
	append(entry: JournalEntry, also?: readonly StoreChange[], commit?: Commit): Promise<void>;
	/** Resolves when every append made so far is durable or has failed. */
	settled(): Promise<void>;
	/** What the run was given of the memory and is not forgotten since. */
	memories(): Promise<readonly Recalled[]>;
}

function journalAt(store: Store, run: string, length: number, lease: Lease): Journal {
	let seq = length;
	let last: Promise<void> = Promise.resolve();
	/** A commit that may take several tries; what follows it must not be numbered before it. */
	let slow: Promise<void> | null = null;
	const settle = () => {};
	return {
		lease,
		append(entry, also = [], commit) {
			seq += 1;
			const changes: StoreChange[] = [lease.check, { type: 'append', log: logOf(run), value: entry, seq }, ...also];
			const make = commit ?? store.commit;
			const made = slow === null ? make(changes) : slow.then(() => make(changes));
			if (commit !== undefined) slow = made.then(settle, settle);
			const done = Promise.allSettled([last, made]).then(async ([, result]) => {
				if (result.status === 'rejected') throw await lease.explain(result.reason);
				if (!lease.isHeld()) await lease.certain();
			});
			last = done.catch(() => {});
			return done;
		},
		async settled() {
			await last;
		},
		memories: async () => (await readRecalled(store, run)).memories,
	};
}

/** Opens a run that this process holds: its record, its lease and its first entry, in one commit with `also`. */
export async function createJournal(
	store: Store,
	leases: Leases,
	record: RunRecord,
	opened: JournalEntry & { type: 'opened' },
	also: readonly StoreChange[] = [],
): Promise<Journal> {
	const { change, opened: leaseOf } = await leases.open(record.id);
	const [token = 0] = await store.commit([change, ...openingOf(record, opened), ...also]);
	return journalAt(store, record.id, 1, leaseOf(token));
}

/** What opens a run that nobody holds yet. */
export const openingOf = (record: RunRecord, opened: JournalEntry & { type: 'opened' }): StoreChange[] => [
	{ type: 'put', kind: RUNS, key: record.id, value: record, version: 0 },
	{ type: 'append', log: logOf(record.id), value: withoutMemories(opened), seq: 1 },
	...recalledChange(record.id, opened.input.memories),
];

/**
 * Takes a run over, with `also` or not at all: from now on only the returned journal can write to it. Throws `run_held`
 * while another process that lives has it.
 */
export async function claimJournal(
	store: Store,
	leases: Leases,
	run: string,
	also: readonly StoreChange[] = [],
): Promise<{ journal: Journal; entries: JournalEntry[] }> {
	const lease = await leases.take(run, also);
	const entries = await readJournal(store, run);
	return { journal: journalAt(store, run, entries.length, lease), entries };
}

/** The entries of a run, those there are and those to come, until the signal aborts. Throws as `readJournal` does. */
export async function* followJournal(store: Store, run: string, signal: AbortSignal): AsyncIterable<JournalEntry> {
	for await (const entry of store.watch(logOf(run), 0, signal)) {
		for (const one of checked(run, [entry])) {
			yield one.type === 'opened' ? { ...one, input: await withMemories(store, run, one.input) } : one;
		}
	}
}

/** What a run was asked, from the first entry alone. Throws as `readJournal` does. */
export async function readInput(store: Store, run: string): Promise<RunInput> {
	const [first] = checked(run, await store.read(logOf(run), { after: 0, limit: 1 }));
	if (first === undefined) throw noRun(run);
	if (first.type === 'opened') return withMemories(store, run, first.input);
	throw new BotError('store_failed', `the journal of run ${run} does not begin with its opening`);
}

/** All entries of a run, checked. Throws `run_unknown` when there are none, `store_failed` when one is not readable. */
export async function readJournal(store: Store, run: string): Promise<JournalEntry[]> {
	const entries: JournalEntry[] = [];
	for (;;) {
		const page = await store.read(logOf(run), { after: entries.length, limit: PAGE });
		entries.push(...checked(run, page));
		if (page.length < PAGE) break;
	}
	const [opened] = entries;
	if (opened === undefined) throw noRun(run);
	if (opened.type === 'opened') opened.input = await withMemories(store, run, opened.input);
	return entries;
}

/** A journal can only grow, and what is forgotten must go: what a run is given stands in a record beside it. */
function withoutMemories(opened: JournalEntry & { type: 'opened' }): JournalEntry {
	return { ...opened, input: { ...opened.input, memories: [] } };
}

async function withMemories(store: Store, run: string, input: RunInput): Promise<RunInput> {
	return { ...input, memories: (await readRecalled(store, run)).memories };
}

function checked(run: string, page: readonly LogEntry[]): JournalEntry[] {
	return page.map(({ seq, value }) => {
		const entry = journalEntrySchema.safeParse(value);
		if (entry.success) return entry.data;
		throw new BotError('store_failed', `entry ${seq} of run ${run} is not readable: ${entry.error.message}`, {
			userMessage: `The journal of run ${run} has an entry (${seq}) that this version cannot read. Update MassGen Chat, or start the question anew.`,
		});
	});
}

function noRun(run: string): BotError {
	return new BotError('run_unknown', `no run ${run}`, { userMessage: `There is no run ${run} in this data folder.` });
}

/** The changes after which nothing of a run's journal is there. Only for a run that nobody holds. */
export const journalForgotten = (run: string): StoreChange[] => [
	{ type: 'drop', log: logOf(run) },
	{ type: 'delete', kind: RUNS, key: run },
	recalledForgotten(run),
	cleared(run),
	leaseForgotten(run),
	leaseForgotten(threadOf(run)),
	dispatchForgotten(run),
	signalsForgotten(run),
];

/** The key of the lease by which a process shows a run that others work on. */
export const threadOf = (run: string) => `thread/${run}`;

/** The changes that mark a run finished in its record, and as work for nobody. */
export function finishedChanges(record: RunRecord, result: NonNullable<RunRecord['result']>): StoreChange[] {
	const value: RunRecord = { ...record, status: 'finished', result };
	return [{ type: 'put', kind: RUNS, key: record.id, value }, dispatchForgotten(record.id)];
}

/** Throws `store_failed` when the record is not readable. */
export async function readRunRecord(store: Store, run: string): Promise<RunRecord | null> {
	const found = await store.get(RUNS, run);
	if (found === null) return null;
	const record = runRecordSchema.safeParse(found.value);
	if (record.success) return record.data;
	throw new BotError('store_failed', `the record of run ${run} is not readable: ${record.error.message}`, {
		userMessage: `This version cannot read the record of run ${run}. Update MassGen Chat, or start the question anew.`,
	});
}

/** Every run record that this version can read, oldest id first. */
export async function* listRunRecords(store: Store): AsyncIterable<RunRecord> {
	for await (const { value } of allRecords(store, RUNS)) {
		const record = runRecordSchema.safeParse(value);
		if (record.success) yield record.data;
	}
}
