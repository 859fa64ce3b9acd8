import type { Agent } from '../core/agent.ts';
import type { Clock } from '../core/clock.ts';
import type { Signal } from '../core/coordination.ts';
import type { JournalEntry, RunRecord } from '../core/run.ts';
import type { RunEvent } from '../core/run-event.ts';
import type { Effect } from '../orchestrator/effects.ts';
import { keyOf, pending } from '../orchestrator/pending.ts';
import { reduce } from '../orchestrator/reduce.ts';
import { isOverBudget } from './budget.ts';
import { createDeadlines } from './deadlines.ts';
import type { Folded, RunFold } from './fold.ts';
import { finishedRecord, type Journal } from './journal.ts';
import { createTurnRunner } from './turn-runner.ts';

export interface LiveRunOptions {
	fold: RunFold;
	journal: Journal;
	record: RunRecord;
	/** By id. An agent that is missing fails in its first turn. */
	agents: ReadonlyMap<string, Agent>;
	clock: Clock;
	/** In [0, 1). */
	random(): number;
	publish(event: RunEvent): void;
	/** Whether a person can be asked to break a tie. */
	canAsk: boolean;
}

/** A run that this process holds. */
export interface LiveRun {
	readonly id: string;
	/** Publishes the events so far and begins all pending work. Call once. */
	begin(events: readonly RunEvent[]): void;
	/** A person's choice or stop. False when the run no longer waits for it. */
	signal(signal: Signal & { type: 'chosen' | 'cancel' }): Promise<boolean>;
	/** Leaves the run as it is, to be resumed later: aborts calls, records nothing more. */
	suspend(): Promise<void>;
	/** Resolves when the run has finished or was suspended; rejects when its journal cannot be written. */
	readonly done: Promise<'finished' | 'suspended'>;
}

export function createLiveRun(options: LiveRunOptions): LiveRun {
	const { fold, journal, clock, publish } = options;
	const { promise: done, resolve, reject } = Promise.withResolvers<'finished' | 'suspended'>();
	let over = false;
	let budgetSpent = false;

	/** State changes at once, so later signals are judged by it; events and effects wait for the disk. */
	const record = async (entry: Exclude<JournalEntry, { type: 'opened' }>): Promise<void> => {
		if (over) return;
		const folded = fold.apply(entry);
		const finishes = folded.effects.some((effect) => effect.type === 'finish');
		try {
			await journal.append(entry, finishes ? [finishedRecord(options.record)] : []);
		} catch (error) {
			end();
			void turns.stop();
			return reject(error);
		}
		if (!over) proceed(folded);
	};

	const turns = createTurnRunner({ ...options, record, publish: (event) => over || publish(event) });
	const deadlines = createDeadlines(clock, (signal) => void cut(signal));

	const end = () => {
		over = true;
		deadlines.clear();
	};

	const proceed = ({ events, effects }: Folded) => {
		for (const event of events) publish(event);
		for (const effect of effects) perform(effect);
		if (over) return;
		deadlines.follow(fold.state(), fold.activeMs(clock.now()));
		if (budgetSpent || !isOverBudget(fold.input.team.rules, fold.spend())) return;
		budgetSpent = true;
		void cut({ type: 'deadline', scope: 'budget' });
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
				return void cut({ type: 'deadline', scope: 'choice', orchestration: effect.orchestration });
			case 'start':
			case 'present':
			case 'review':
				return turns.start(effect);
		}
	};

	/** A deadline, the budget or a person: what it aborts is ended first, so that its usage is in the result. */
	const cut = async (signal: Signal) => {
		const { effects } = reduce(fold.state(), signal);
		const calls = await turns.cut(effects.flatMap((effect) => (effect.type === 'abort' ? [keyOf(effect.work)] : [])));
		await record({ v: 1, type: 'signalled', at: clock.now(), signal, calls });
		await journal.settled();
		beginMissing();
	};

	/** The state says what must be in flight; a signal that became stale while a cut waited must not leave a gap. */
	const beginMissing = () => {
		if (over) return;
		for (const work of pending(fold.state())) {
			if (work.type !== 'choose' && !turns.isRunning(keyOf(work))) turns.start(work);
		}
	};

	return {
		id: fold.run,
		done,
		begin: (events) => proceed({ events, effects: pending(fold.state()) }),
		async signal(signal) {
			if (over || reduce(fold.state(), signal).state === fold.state()) return false;
			await cut(signal);
			return true;
		},
		async suspend() {
			if (over) return;
			end();
			await turns.stop();
			await journal.settled();
			resolve('suspended');
		},
	};
}
