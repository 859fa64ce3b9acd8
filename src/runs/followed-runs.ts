import type { Broadcast } from '../core/broadcast.ts';
import type { Clock } from '../core/clock.ts';
import type { Lease } from '../core/lease.ts';
import { type RunEvent, runEventSchema } from '../core/run-event.ts';
import type { Store } from '../core/store.ts';
import { reduce } from '../orchestrator/reduce.ts';
import { dispatched } from './dispatch-record.ts';
import { type Folded, openFold, type RunFold } from './fold.ts';
import { followJournal, openingOf, readInput, readJournal, readRunRecord, threadOf } from './journal.ts';
import type { Leases } from './leases.ts';
import { type PersonSignal, tellRun } from './people-signals.ts';
import { type Audience, type HeldRun, openingFor, openRecord, openRecords, type Runs, replay } from './runs.ts';

export interface FollowedRunsOptions {
	store: Store;
	clock: Clock;
	/** In [0, 1). Shuffles the anonymous names. */
	random(): number;
	leases: Leases;
	/** What workers say of what passes, by run. */
	words: Broadcast;
	/** There is work for the workers. Must not throw. */
	onOpened(run: string): void;
}

/** What is said of what passes in a run. */
export const wordsOf = (run: string) => `run/${run}`;

/**
 * The runs that this process opens and shows while workers do them: a run is what its journal tells, wherever it is written.
 * Who shows a run holds its thread by a lease of its own, so each is shown by one process.
 */
export function createFollowedRuns(options: FollowedRunsOptions): Runs {
	const { store, clock, random, leases, words } = options;
	const followed = new Map<string, HeldRun>();
	let closed = false;

	const follow = (id: string, lease: Lease, audience: Audience, known = 0): HeldRun => {
		const run = followRun({ store, id, lease, audience, words, known });
		followed.set(id, run);
		const release = () => void followed.delete(id);
		run.done.then(release, release);
		if (closed) void run.suspend();
		return run;
	};

	/** A run that a process has opened that does and shows its runs itself is free when that process is gone. */
	const isFree = async (run: string): Promise<boolean> => {
		const thread = threadOf(run);
		if (followed.has(run) || !(await leases.isFree(thread))) return false;
		return (await leases.taken(thread)) > 0 || leases.isFree(run);
	};

	return {
		async start(request, audience, also = []) {
			const { opened, record } = openingFor(request, clock.now(), random);
			const thread = await leases.open(threadOf(record.id));
			const work = dispatched(record.id, { canAsk: audience.canAsk });
			const [token = 0] = await store.commit([thread.change, work, ...openingOf(record, opened), ...also]);
			options.onOpened(record.id);
			return follow(record.id, thread.opened(token), audience);
		},
		async resume(id, audience) {
			await openRecord(store, id);
			const lease = await leases.take(threadOf(id));
			// One that was begun before there were workers.
			await store.commit([lease.check, dispatched(id, { canAsk: audience.canAsk })]);
			return follow(id, lease, audience, (await readJournal(store, id)).length);
		},
		live: (run) => followed.get(run) ?? null,
		isFree,
		claimThread: (run) => leases.seize(threadOf(run)),
		async signal(run, signal) {
			const own = followed.get(run);
			if (own !== undefined) return own.signal(signal);
			if ((await readRunRecord(store, run))?.status !== 'running') return false;
			await tellRun(store, run, signal);
			return true;
		},
		isOpen: () => !closed,
		working: () => [...followed.values()].filter((run) => !run.isIdle()).length,
		// Which run a process dies over is found out by the workers.
		suspects: async () => [],
		proven: async () => {},
		unfinished: async () => (await openRecords(store)).filter(({ id }) => !followed.has(id)),
		record: (run) => readRunRecord(store, run),
		input: (run) => readInput(store, run),
		events: async (run) => replay(await readJournal(store, run)).events,
		async close() {
			closed = true;
			await Promise.all([...followed.values()].map((run) => run.suspend()));
		},
	};
}

interface FollowOptions {
	store: Store;
	id: string;
	lease: Lease;
	audience: Audience;
	words: Broadcast;
	/** Entries that were told before. */
	known: number;
}

/** Tells the audience what the journal tells, from its beginning on, until the run has finished. */
function followRun({ store, id, lease, audience, words, known }: FollowOptions): HeldRun {
	const over = new AbortController();
	let fold: RunFold | null = null;
	let seen = 0;
	const tell = async (): Promise<'finished' | 'suspended'> => {
		for await (const entry of followJournal(store, id, over.signal)) {
			let folded: Folded = { events: [], effects: [] };
			if (entry.type === 'opened') {
				const begun = openFold(entry);
				fold = begun.fold;
				folded = begun.first;
			} else if (fold !== null) folded = fold.apply(entry);
			seen += 1;
			for (const event of folded.events) audience.publish(event, seen <= known);
			if (fold?.state().phase.type === 'finished') return 'finished';
		}
		return 'suspended';
	};
	const suspend = async () => {
		over.abort();
		await done.catch(() => {});
	};
	const deafen = words.hear(wordsOf(id), (word) => {
		const event = passingEvent(word);
		if (event !== null) audience.publish(event);
	});
	audience.held?.(lease);
	lease.onLost(() => void suspend());
	const done = tell().finally(deafen);
	return {
		id,
		done,
		suspend,
		isIdle: () => fold?.isIdle() === true,
		async signal(signal: PersonSignal) {
			if (fold !== null && reduce(fold.state(), signal).state === fold.state()) return false;
			await tellRun(store, id, signal);
			return true;
		},
	};
}

/** Null for what is no event that passes: what lasts comes from the journal alone. */
function passingEvent(word: unknown): RunEvent | null {
	const event = runEventSchema.safeParse(word).data;
	return event === undefined || 'seq' in event ? null : event;
}
