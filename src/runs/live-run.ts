import type { Agent } from '../core/agent.ts';
import type { Audit } from '../core/audit.ts';
import type { Clock } from '../core/clock.ts';
import type { Signal } from '../core/coordination.ts';
import { BotError } from '../core/errors.ts';
import type { Approvals, GatedRun } from '../core/gate.ts';
import type { JournalEntry, RunRecord } from '../core/run.ts';
import type { RunEvent } from '../core/run-event.ts';
import type { StoreChange } from '../core/store.ts';
import type { Effect } from '../orchestrator/effects.ts';
import { keyOf, type Pending, pending } from '../orchestrator/pending.ts';
import { reduce } from '../orchestrator/reduce.ts';
import { createApprovalLink } from './approval-link.ts';
import { isOverBudget } from './budget.ts';
import { createDeadlines } from './deadlines.ts';
import type { Folded, RunFold } from './fold.ts';
import { type Commit, finishedChanges, type Journal } from './journal.ts';
import { createTurnRunner, type TurnRunnerOptions } from './turn-runner.ts';

/** The agents of one run, made when they are needed. */
export interface Crew {
	/** Undefined: it is no longer configured, and fails in its first turn. */
	agentOf(id: string): Promise<Agent | undefined>;
	/** Closes those there are; they are made anew when one is needed again. */
	rest(): Promise<void>;
}

export interface LiveRunOptions {
	fold: RunFold;
	journal: Journal;
	record: RunRecord;
	crew: Crew;
	approvals: Approvals;
	audit: Audit;
	gated: GatedRun;
	/** What is committed together with its end. */
	sequels(record: RunRecord): readonly StoreChange[];
	clock: Clock;
	/** In [0, 1). */
	random(): number;
	/** `isOld`: it was told before the run was taken up. */
	publish(event: RunEvent, isOld?: boolean): void;
	/** Whether a person can be asked to break a tie. */
	canAsk: boolean;
	/** Nothing can go on before people have decided. */
	idle?(): void;
}

/** A run that this process holds. */
export interface LiveRun {
	readonly id: string;
	/** Publishes the events so far and begins all pending work. Call once. */
	begin(events: readonly RunEvent[]): void;
	/** Nothing of it can go on before people have decided. */
	isIdle(): boolean;
	/** A person's choice or stop. False when the run no longer waits for it. */
	signal(signal: Signal & { type: 'chosen' | 'cancel' }): Promise<boolean>;
	/**
	 * Leaves the run as it is, to be resumed later: aborts calls, records nothing more. A run whose end is on its
	 * way to the disk ends. Resolves with `done`, and never rejects.
	 */
	suspend(): Promise<void>;
	/**
	 * Resolves when the run has finished, or was suspended, or another process has taken it over; rejects when its journal
	 * cannot be written.
	 */
	readonly done: Promise<'finished' | 'suspended'>;
}

export function createLiveRun(options: LiveRunOptions): LiveRun {
	const { fold, journal, clock, publish, crew } = options;
	const { promise: done, resolve, reject } = Promise.withResolvers<'finished' | 'suspended'>();
	const { rules } = fold.input.team;
	let over = false;
	let budgetSpent = false;
	const isFinished = () => fold.state().phase.type === 'finished';

	/**
	 * State changes at once, so later signals are judged by it; events and effects wait for the disk. Nothing
	 * follows the end of the run. Never rejects.
	 */
	const record = async (
		entry: Exclude<JournalEntry, { type: 'opened' }>,
		also: readonly StoreChange[] = [],
		commit?: Commit,
	): Promise<void> => {
		if (over || isFinished()) return;
		try {
			const folded = fold.apply(entry);
			const result = fold.result(entry.at);
			const { record: about } = options;
			const ending = result === null ? [] : [...finishedChanges(about, result), ...options.sequels(about)];
			await journal.append(entry, [...also, ...ending], commit);
			if (!over) proceed(folded);
		} catch (error) {
			fail(error);
		}
	};

	/** What a turn has to say. One that ends the run lets aborted turns end first, so that their usage is in the result. */
	const recordTurn = async (entry: Parameters<typeof record>[0]): Promise<void> => {
		const ends = entry.type === 'signalled' && reduce(fold.state(), entry.signal).state.phase.type === 'finished';
		if (ends) await turns.cut(superseded);
		if (entry.type === 'saved') return link.saved(entry);
		return record(entry);
	};

	const suspendTurn: TurnRunnerOptions['suspend'] = async (turn, ending) => {
		await link.suspended(turn, ending);
		if (!over && fold.isIdle()) await crew.rest();
	};

	const link = createApprovalLink({ ...options, record, isOver: () => over || isFinished() });
	const turns = createTurnRunner({
		...options,
		agentOf: crew.agentOf,
		record: recordTurn,
		suspend: suspendTurn,
		publish: (event) => over || publish(event),
		memories: journal.memories,
	});
	const deadlines = createDeadlines(clock, (signal) => void cut(signal).catch(fail));

	const end = () => {
		over = true;
		link.end();
		deadlines.clear();
	};

	const fail = (error: unknown) => {
		if (!over) void turns.stop();
		end();
		// Whoever has taken it over goes on with it.
		if (error instanceof BotError && error.code === 'lease_lost') resolve('suspended');
		else reject(error);
	};

	const proceed = ({ events, effects, moot = [] }: Folded) => {
		for (const event of events) publish(event);
		const exceeds = !budgetSpent && isOverBudget(rules, fold.spend());
		budgetSpent ||= exceeds;
		for (const effect of effects) perform(effect);
		if (over) return;
		for (const request of moot) link.drop(request);
		deadlines.follow(fold.state(), fold.activeMs(clock.now()), fold);
		if (fold.isIdle()) options.idle?.();
		if (exceeds) cut({ type: 'deadline', scope: 'budget' }).catch(fail);
	};

	const perform = (effect: Effect) => {
		switch (effect.type) {
			case 'abort':
				return turns.abort(keyOf(effect.work));
			case 'finish':
				end();
				return resolve('finished');
			case 'choose':
				if (options.canAsk) return;
				return void cut({ type: 'deadline', scope: 'choice', orchestration: effect.orchestration }).catch(fail);
			case 'start':
			case 'present':
			case 'review':
				if (!budgetSpent && isPending(effect) && !fold.isWaiting(effect)) turns.start(effect);
		}
	};

	/** Work in flight that the state knows no more: what aborts it is still on its way to the disk. */
	const superseded = (): string[] => {
		const now = new Set(pending(fold.state()).map(keyOf));
		return turns.inFlight().filter((key) => !now.has(key));
	};

	/** False for work that a later signal, whose entry is still on its way to the disk, has made moot. */
	const isPending = (work: Pending) => pending(fold.state()).some((other) => keyOf(other) === keyOf(work));

	/**
	 * A deadline, the budget or a person: what it aborts is ended first, so that its usage is in the result.
	 * False when the run went on meanwhile and the signal means nothing any more.
	 */
	const cut = async (signal: Signal): Promise<boolean> => {
		const isStale = () => over || reduce(fold.state(), signal).state === fold.state();
		const moot = () => [
			...superseded(),
			...reduce(fold.state(), signal).effects.flatMap((effect) =>
				effect.type === 'abort' ? [keyOf(effect.work)] : [],
			),
		];
		if (isStale()) return false;
		await turns.cut(moot);
		if (isStale()) return false;
		await record({ v: 1, type: 'signalled', at: clock.now(), signal, calls: [] });
		return true;
	};

	return {
		id: fold.run,
		done,
		begin(events) {
			const effects: Effect[] = isFinished() ? [{ type: 'finish' }] : pending(fold.state());
			const taken = events.findLastIndex(({ type }) => type === 'run_resumed');
			try {
				for (const [index, event] of events.entries()) publish(event, index < taken);
				proceed({ events: [], effects });
				if (!over) link.begin();
			} catch (error) {
				fail(error);
			}
		},
		isIdle: fold.isIdle,
		signal: cut,
		async suspend() {
			if (!over && !isFinished()) {
				end();
				await turns.stop();
				await journal.settled();
				resolve('suspended');
			}
			await done.catch(() => {});
		},
	};
}
