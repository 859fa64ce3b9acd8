import { randomBytes } from 'node:crypto';
import type { Agent } from '../core/agent.ts';
import type { Person } from '../core/approval.ts';
import type { Attachment } from '../core/attachment.ts';
import type { Audit } from '../core/audit.ts';
import type { Clock } from '../core/clock.ts';
import { BotError, isStoreAway } from '../core/errors.ts';
import type { Approvals, GatedRun } from '../core/gate.ts';
import type { Digest, Exchange } from '../core/history.ts';
import type { Lease } from '../core/lease.ts';
import type { Recalled } from '../core/memory.ts';
import { type JournalEntry, MAX_QUESTION, type RunInput, type RunRecord, type Showing } from '../core/run.ts';
import type { RunEvent } from '../core/run-event.ts';
import type { Store, StoreChange } from '../core/store.ts';
import type { Team } from '../core/team.ts';
import { type Pending, pending } from '../orchestrator/pending.ts';
import { createCrew } from './crew.ts';
import { openFold, type RunFold } from './fold.ts';
import {
	claimJournal,
	createJournal,
	finishedChanges,
	type Journal,
	listRunRecords,
	readInput,
	readJournal,
	readRunRecord,
	threadOf,
} from './journal.ts';
import { createLeases, type Leases } from './leases.ts';
import { type Crew, createLiveRun, type LiveRun } from './live-run.ts';
import { hearPeople, type PersonSignal, tellRun } from './people-signals.ts';
import { cleared, isSuspect, MOST_TRIES, oneAtATime, suspects, tried, triesOf } from './poison.ts';

export interface RunRequest {
	/** Made by `newRunId`. */
	id: string;
	session: string;
	question: string;
	history: readonly Exchange[];
	/** What is kept of the first of `history`; null: nothing. */
	digest: Digest | null;
	/** What is remembered of the place; left out: nothing. */
	memories?: readonly Recalled[];
	/** The run whose question this is again. */
	retryOf: string | null;
	team: Team;
	showing: Showing;
	attachments: readonly Attachment[];
	/** Whose question it is; null: not known. */
	requester: Person | null;
	/** Id of the files that every agent's folder begins with; null: none. */
	files: string | null;
}

/** A run that this process works on, or shows. */
export type HeldRun = Omit<LiveRun, 'begin'>;

/** The runs of this process, over the store's journals. */
export interface Runs {
	/**
	 * Opens a run and begins it; `also` is committed with its opening or not at all. Throws `input_invalid` for
	 * an empty or overlong question, `store_conflict` when an expectation of `also` does not hold.
	 */
	start(request: RunRequest, audience: Audience, also?: readonly StoreChange[]): Promise<HeldRun>;
	/**
	 * Takes up a run that another process (or an earlier life of this one) left. Throws `run_unknown` when
	 * there is no such run, `input_invalid` when it is finished, `run_held` while another process that lives has it, or
	 * while another run is tried over which the process may die, as it may over this one.
	 */
	resume(run: string, audience: Audience): Promise<HeldRun>;
	/** A run of this process, or null. */
	live(run: string): HeldRun | null;
	/** Whether nobody who lives has a run. Asked again and again it finds out who is gone. */
	isFree(run: string): Promise<boolean>;
	/** Takes what shows a run that has finished, from whoever has it. */
	claimThread(run: string): Promise<Lease>;
	/** A person's choice or stop. False when the run no longer waits for it, as far as this process knows. */
	signal(run: string, signal: PersonSignal): Promise<boolean>;
	/** How many runs of this process go on; those that only wait for people are none. */
	working(): number;
	/** False from `close` on. */
	isOpen(): boolean;
	/** Runs that are not finished and not held by this process, oldest first; others may have them. */
	unfinished(): Promise<readonly RunRecord[]>;
	/** Of the unfinished ones those that may be what the process has died over, to be taken up one after the other. */
	suspects(): Promise<readonly string[]>;
	/** Resolves when a run that was taken up has got on, or ended. */
	proven(run: string): Promise<void>;
	/** The record of a run, or null. */
	record(run: string): Promise<RunRecord | null>;
	/** What a run was asked. Throws `run_unknown`. */
	input(run: string): Promise<RunInput>;
	/** The lasting events of a run, from its journal. Throws `run_unknown`. */
	events(run: string): Promise<readonly RunEvent[]>;
	/** Suspends every run of this process, and those still to come. */
	close(): Promise<void>;
}

/** Who watches a run, and whether somebody there can be asked. */
export interface Audience {
	/** `isOld`: it was told before the run was taken up. */
	publish(event: RunEvent, isOld?: boolean): void;
	canAsk: boolean;
	/** Told before the first event: what is shown under this lease is shown by nobody else. Whoever takes it ends it. */
	held?(lease: Lease): void;
	/** The run cannot go on before people have decided something. May be told again. */
	idle?(): void;
}

export interface RunsOptions {
	store: Store;
	clock: Clock;
	/** Left out: no other process is at the store. */
	leases?: Leases;
	/** In [0, 1). Shuffles the anonymous names and spreads the pauses. */
	random(): number;
	approvals: Approvals;
	audit: Audit;
	/** The agents of a team for one run, by member id; what is no longer configured is left out. */
	agentsOf(team: Team, run: GatedRun): Promise<ReadonlyMap<string, Agent>>;
	/** What is committed together with the end of a run, or not at all; left out: nothing. */
	sequels?(record: RunRecord): readonly StoreChange[];
}

export function createRuns(options: RunsOptions): Runs {
	const { store, clock, random, approvals, audit, sequels = () => [] } = options;
	const { leases = createLeases({ store, clock, shared: null }) } = options;
	const held = new Map<string, LiveRun>();
	/** Runs that are being taken up: a second claim would fence off the first. */
	const claimed = new Set<string>();
	const releases = new Set<Promise<void>>();
	/** Of runs that were taken up: resolve when they have written something, or ended. */
	const proofs = new Map<string, Promise<void>>();
	const about = { approvals, audit, sequels, clock, random };
	const alone = oneAtATime();
	/** Runs that had to be left because the store was away: their last try is not held against them. */
	const spared = new Set<string>();
	let closed = false;

	/** Begins a run; one that was on its way when the process was told to end is left at once, to be resumed. */
	const hold = (run: LiveRun, crew: Crew, lease: Lease, events: readonly RunEvent[]) => {
		held.set(run.id, run);
		const over = new AbortController();
		const release = async (how: 'finished' | 'suspended' | unknown) => {
			over.abort();
			held.delete(run.id);
			if (isStoreAway(how)) spared.add(run.id);
			const isLeft = how === 'suspended' && proofs.has(run.id);
			proofs.delete(run.id);
			await Promise.allSettled([isLeft && !lease.isLost() ? store.commit([lease.check, cleared(run.id)]) : null]);
			await Promise.allSettled([crew.rest(), how === 'finished' ? approvals.cancel(run.id, null) : null]);
			releases.delete(released);
		};
		const released = run.done.then(release, release);
		releases.add(released);
		lease.onLost(() => void run.suspend());
		run.begin(events);
		// Without it the run goes on all the same; a store that is away says so itself.
		if (leases.shared) hearPeople(store, run.id, run.signal, over.signal).catch(() => {});
		if (closed) void run.suspend();
		return run;
	};

	const takeUp = async (record: RunRecord, audience: Audience, tries: number): Promise<LiveRun> => {
		const { id } = record;
		// One that this version cannot read stays as it is, for the version that can.
		await readJournal(store, id);
		const claim = await claimJournal(store, leases, id, [tried(id, tries)]);
		const { fold, events } = replay(claim.entries);
		const gated = gatedRun(fold, audience);
		const isPoison = tries > MOST_TRIES;
		const made = createCrew(async () => (isPoison ? new Map() : options.agentsOf(fold.input.team, gated)));
		const crew = await made.catch(async (thrown) => {
			// Another process may have what this one lacks.
			if (leases.shared) await leases.giveBack(id, claim.journal.lease).catch(() => {});
			throw thrown;
		});
		const { journal, hasProven } = onProbation(claim.journal, id);
		const append = async (entry: Exclude<JournalEntry, { type: 'opened' }>) => {
			const { events: more } = fold.apply(entry);
			const result = fold.result(entry.at);
			// Of a run that waits for people alone nothing is tried.
			const isHarmless = result !== null || pending(fold.state()).every((work) => isPatient(work, fold));
			const changes = result === null ? [] : [...finishedChanges(record, result), ...sequels(record)];
			await (isHarmless ? journal : claim.journal).append(entry, changes);
			events.push(...more);
		};
		const at = clock.now();
		// A gateway has opened it, and nobody has had it until now.
		const isNew = claim.entries.length === 1 && (await leases.taken(id)) === 1;
		await append({ v: 1, type: 'resumed', at, ...(isNew && { begins: true }) });
		if (isPoison) await append({ v: 1, type: 'signalled', at, signal: { type: 'given_up' }, calls: [] });
		audience.held?.(journal.lease);
		const run = createLiveRun({ ...about, fold, journal, record, crew, gated, ...audience });
		proofs.set(
			id,
			Promise.race([
				hasProven,
				run.done.then(
					() => {},
					() => {},
				),
			]),
		);
		return hold(run, crew, journal.lease, events);
	};

	/** A journal whose first entry says that nothing is held against the run any more. */
	const onProbation = (journal: Journal, id: string) => {
		const { promise: hasProven, resolve } = Promise.withResolvers<void>();
		let isFirst = true;
		const append: Journal['append'] = (entry, also = [], commit) => {
			const first = isFirst ? [cleared(id)] : [];
			isFirst = false;
			const made = journal.append(entry, [...also, ...first], commit);
			return first.length === 0 ? made : made.then(resolve);
		};
		return { journal: { ...journal, append }, hasProven };
	};

	return {
		async start(request, audience, also = []) {
			const { opened, record } = openingFor(request, clock.now(), random);
			const { fold, first } = openFold(opened);
			const gated = gatedRun(fold, audience);
			const crew = await createCrew(() => options.agentsOf(fold.input.team, gated));
			const journal = await createJournal(store, leases, record, opened, also);
			audience.held?.(journal.lease);
			const run = createLiveRun({ ...about, fold, journal, record, crew, gated, ...audience });
			return hold(run, crew, journal.lease, first.events);
		},
		async resume(id, audience) {
			const record = await openRecord(store, id);
			if (held.has(id) || claimed.has(id)) throw notResumable(id, 'is running in this process');
			claimed.add(id);
			try {
				const before = await triesOf(store, id);
				const tries = spared.delete(id) ? Math.max(1, before) : before + 1;
				const take = () => takeUp(record, audience, tries);
				return await (isSuspect(before) ? alone(id, take, async () => proofs.get(id)) : take());
			} catch (thrown) {
				if (isStoreAway(thrown)) spared.add(id);
				throw thrown;
			} finally {
				claimed.delete(id);
			}
		},
		live: (run) => held.get(run) ?? null,
		async isFree(run) {
			if (held.has(run) || claimed.has(run) || !(await leases.isFree(run))) return false;
			// A run that a gateway shows and no worker has taken yet.
			return leases.isFree(threadOf(run));
		},
		claimThread: (run) => leases.seize(run),
		async signal(run, signal) {
			const own = held.get(run);
			if (own !== undefined) return own.signal(signal);
			if (!leases.shared || (await readRunRecord(store, run))?.status !== 'running') return false;
			await tellRun(store, run, signal);
			return true;
		},
		unfinished: async () => (await openRecords(store)).filter(({ id }) => !held.has(id)),
		isOpen: () => !closed,
		working: () => [...held.values()].filter((run) => !run.isIdle()).length,
		suspects: () => suspects(store),
		proven: async (run) => proofs.get(run),
		record: (run) => readRunRecord(store, run),
		input: (run) => readInput(store, run),
		events: async (run) => replay(await readJournal(store, run)).events,
		async close() {
			closed = true;
			await Promise.all([...held.values()].map((run) => run.suspend()));
			await Promise.all(releases);
		},
	};
}

/** Throws `input_invalid`, with a message for the person, for a question that is empty or too long. */
export function checkQuestion(question: string): void {
	if (question.trim() === '') {
		throw new BotError('input_invalid', 'empty question', {
			userMessage: 'The question is empty. Type what you want to know.',
		});
	}
	if (question.length > MAX_QUESTION) {
		const length = question.length.toLocaleString('en');
		throw new BotError('input_invalid', `question of ${question.length} characters`, {
			userMessage: `The question has ${length} characters; the limit is ${MAX_QUESTION.toLocaleString('en')}. Shorten it, or ask about a part of the material.`,
		});
	}
}

/** The opening of a run, and its record. Throws as `Runs.start`. */
export function openingFor(request: RunRequest, at: number, random: () => number) {
	const input = inputOf(request, random);
	const opened: JournalEntry & { type: 'opened' } = { v: 1, type: 'opened', at, run: request.id, input };
	return { opened, record: recordOf(opened) };
}

/** The record of a run that is not finished. Throws `run_unknown` and `input_invalid`. */
export async function openRecord(store: Store, id: string): Promise<RunRecord> {
	const record = await readRunRecord(store, id);
	if (record === null) throw unknownRun(id);
	if (record.status === 'finished') throw notResumable(id, 'is finished');
	return record;
}

/** The records of all runs that are not finished, oldest first. */
export async function openRecords(store: Store): Promise<RunRecord[]> {
	const found: RunRecord[] = [];
	for await (const record of listRunRecords(store)) if (record.status === 'running') found.push(record);
	return found.sort((a, b) => a.startedAt - b.startedAt);
}

function inputOf(request: RunRequest, random: () => number): RunInput {
	const { session, question, history, digest, memories = [], retryOf, team } = request;
	const { showing, attachments, requester, files } = request;
	checkQuestion(question);
	const names = shuffledNames(
		team.members.map((member) => member.id),
		random,
	);
	return {
		session,
		question,
		retryOf,
		history: [...history],
		digest,
		memories: [...memories],
		hasForeignMemories: memories.some(({ trust }) => trust === 'foreign'),
		team,
		names,
		showing,
		requester,
		files,
		attachments: [...attachments],
	};
}

/** `agent1` ... `agentN` dealt out at random, so that a name says nothing about its bearer. */
function shuffledNames(ids: readonly string[], random: () => number): Record<string, string> {
	const numbers = ids.map((_, index) => index + 1);
	for (let i = numbers.length - 1; i > 0; i -= 1) {
		const j = Math.floor(random() * (i + 1));
		[numbers[i], numbers[j]] = [numbers[j] ?? 0, numbers[i] ?? 0];
	}
	return Object.fromEntries(ids.map((id, index) => [id, `agent${numbers[index]}`]));
}

/** Sorts by time of creation and is short enough to type: 14 characters of base 36. */
export function newRunId(now: number): string {
	const entropy = randomBytes(4).readUInt32BE().toString(36).padStart(7, '0').slice(-6);
	return `${Math.floor(now / 10)
		.toString(36)
		.padStart(8, '0')}${entropy}`;
}

function recordOf({ run, input, at }: JournalEntry & { type: 'opened' }): RunRecord {
	return {
		id: run,
		session: input.session,
		question: input.question.slice(0, 200),
		team: input.team.name,
		status: 'running',
		result: null,
		startedAt: at,
	};
}

const REPAIR = 'Run `npm run ask -- --resume` without an id to continue the latest that was interrupted.';

function unknownRun(id: string): BotError {
	return new BotError('run_unknown', `no run ${id}`, {
		userMessage: `There is no run ${id} in this data folder. ${REPAIR}`,
	});
}

function notResumable(id: string, why: string): BotError {
	return new BotError('input_invalid', `run ${id} ${why}`, { userMessage: `Run ${id} ${why}. ${REPAIR}` });
}

/** Whether nothing happens before a person does something. */
const isPatient = (work: Pending, fold: RunFold) => work.type === 'choose' || fold.isWaiting(work);

function gatedRun({ run, input }: RunFold, { canAsk }: Audience): GatedRun {
	const { session, question, requester, showing } = input;
	return { run, session, question, requester, locale: showing.locale, canAsk };
}

/** A run as its journal tells it. */
export function replay(entries: readonly JournalEntry[]): { fold: RunFold; events: RunEvent[] } {
	const [opened, ...rest] = entries;
	if (opened?.type !== 'opened') throw new BotError('store_failed', 'a journal does not begin with its opening');
	const { fold, first } = openFold(opened);
	const events = [...first.events];
	for (const entry of rest) if (entry.type !== 'opened') events.push(...fold.apply(entry).events);
	return { fold, events };
}
