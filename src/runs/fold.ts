import { type Approval, isOpen } from '../core/approval.ts';
import type { Message } from '../core/message.ts';
import type { JournalEntry, RunInput, RunRecord } from '../core/run.ts';
import type { RunEvent } from '../core/run-event.ts';
import type { PlannedTask } from '../core/task-plan.ts';
import { addCalls, noSpend, type Spend } from '../core/usage.ts';
import type { Effect } from '../orchestrator/effects.ts';
import { resultOf } from '../orchestrator/ending.ts';
import { pending } from '../orchestrator/pending.ts';
import { begin, reduce } from '../orchestrator/reduce.ts';
import { agentOf, type State } from '../orchestrator/state.ts';
import { callFacts, describe, type Fact, savedFacts, type Transition } from './describe.ts';

/** Where a turn had got to, so that it continues after its last finished model call. */
export interface TurnProgress {
	attempt: number;
	/** The attempt in which its messages were begun. */
	origin: number;
	messages: readonly Message[];
	repliesUsed: number;
	/** Effect keys of the calls that were begun and have no result, by call id. */
	begun: ReadonlyMap<string, string>;
	/** Newer answers made the turn moot while it had work to keep, and it has not been told yet. */
	updated: boolean;
}

/** A turn that waits for people. */
export interface WaitingTurn {
	agent: string;
	attempt: number;
}

export interface Folded {
	events: readonly RunEvent[];
	effects: readonly Effect[];
	/** Requests whose turns have become moot. */
	moot?: readonly string[];
}

/**
 * A run as its journal tells it. The live run and a resumed one apply entries by the same code, so state,
 * spend, events and their numbers cannot differ between them.
 */
export interface RunFold {
	readonly run: string;
	readonly input: RunInput;
	state(): State;
	spend(): Spend;
	/** What came out of the run, for its record; null while it goes on. */
	result(at: number): NonNullable<RunRecord['result']> | null;
	/** Milliseconds in which a process held the run, up to `now`. */
	activeMs(now: number): number;
	progress(agent: string, attempt: number): TurnProgress | null;
	/** The run has read what anyone may have written. */
	tainted(): boolean;
	/** Id of the files in an agent's folder when they were kept last; null: never. */
	files(agent: string): string | null;
	/** An agent's task plan as it was kept last; empty: none. */
	plan(agent: string): readonly PlannedTask[];
	/** Turns that wait for people, by the id of their request. */
	waiting(): ReadonlyMap<string, WaitingTurn>;
	isWaiting(turn: WaitingTurn): boolean;
	/** Every request of the run, as it was journaled last. */
	approvals(): Iterable<Approval>;
	/** Nothing of the run can go on before people have decided. */
	isIdle(): boolean;
	apply(entry: Exclude<JournalEntry, { type: 'opened' }>): Folded;
}

/** Begins a fold with a run's first journal entry. */
export function openFold(opened: JournalEntry & { type: 'opened' }): { fold: RunFold; first: Folded } {
	const { run, input } = opened;
	const members = input.team.members.map(({ id }) => ({ id, name: input.names[id] ?? id }));
	const start = begin(input.team.rules, members);
	const progress = new Map<string, TurnProgress>();
	let state = start.state;
	let spend = noSpend;
	let seq = 0;
	let lastAt = opened.at;
	let active = 0;
	let tainted = false;
	/** Id of the files in each agent's folder when they were kept last. */
	const files = new Map<string, string>();
	/** Turns that wait for people, by the id of their request. */
	const waiting = new Map<string, WaitingTurn>();
	const approvals = new Map<string, Approval>();
	const plans = new Map<string, readonly PlannedTask[]>();

	const dated = (facts: readonly Fact[], at: number): RunEvent[] =>
		facts.map((fact) => {
			seq += 1;
			return { ...fact, run, seq, at };
		});

	const pass = (at: number) => {
		if (!isIdle()) active += Math.max(0, at - lastAt);
		lastAt = at;
	};

	const requestOf = ({ agent, attempt }: WaitingTurn): string | null => {
		for (const [id, turn] of waiting) if (turn.agent === agent && turn.attempt === attempt) return id;
		return null;
	};

	/** The work that goes on when nothing of a request is open any more. */
	const released = (approval: Approval): Effect[] => {
		const turn = waiting.get(approval.id);
		if (turn === undefined || isOpen(approval)) return [];
		waiting.delete(approval.id);
		const { agent, attempt } = turn;
		return pending(state).filter((work) => work.type !== 'choose' && work.agent === agent && work.attempt === attempt);
	};

	const isWaiting = (turn: WaitingTurn) => requestOf(turn) !== null;

	const isIdle = () => waiting.size > 0 && pending(state).every((work) => work.type !== 'choose' && isWaiting(work));

	/**
	 * A moot evaluation's work is kept for the agent's next one, which also waits for the people that it waited for; a turn
	 * of another kind begins anew. Returns the requests that nobody needs any more.
	 */
	const keepWork = (effects: readonly Effect[]): string[] => {
		const moot: string[] = [];
		for (const effect of effects) {
			if (effect.type === 'present' || effect.type === 'review') progress.delete(effect.agent);
			if (effect.type === 'start' && effect.kind === 'answer') progress.delete(effect.agent);
			if (effect.type !== 'abort' || effect.work.type === 'choose') continue;
			const { agent, attempt } = effect.work;
			const request = requestOf(effect.work);
			const done = progress.get(agent);
			const isKept = effect.reason === 'new_answer' && effect.work.type === 'start' && effect.work.kind === 'evaluate';
			const worked = request !== null || done?.messages.some((message) => message.role === 'tool') === true;
			if (!isKept || done?.attempt !== attempt || !worked) {
				if (request !== null) {
					waiting.delete(request);
					moot.push(request);
				}
				continue;
			}
			const next = Math.max(attempt + 1, agentOf(state, agent)?.attempts ?? 0);
			progress.set(agent, { ...done, attempt: next, repliesUsed: 0, updated: true });
			if (request !== null) waiting.set(request, { agent, attempt: next });
		}
		return moot;
	};

	const keepProgress = (entry: JournalEntry & { type: 'saved' }) => {
		const { agent, attempt, messages, repliesUsed } = entry;
		const known = progress.get(agent);
		if (known !== undefined && known.attempt > attempt) return;
		const earlier = known?.attempt === attempt ? known : null;
		progress.set(agent, {
			attempt,
			origin: earlier?.origin ?? attempt,
			messages: [...(earlier?.messages ?? []), ...messages],
			begun: begunAfter(earlier?.begun, entry),
			repliesUsed,
			updated: earlier?.updated === true && messages.length === 0,
		});
	};

	const applySignal = (entry: JournalEntry & { type: 'signalled' }): Folded => {
		const before = state;
		const step = reduce(before, entry.signal);
		state = step.state;
		spend = addCalls(spend, entry.calls);
		const agent = 'agent' in entry.signal ? (entry.signal.agent ?? '') : '';
		if ('files' in entry.signal && entry.signal.files !== undefined) files.set(agent, entry.signal.files.id);
		const facts = callFacts(agent, entry.calls);
		if (step.state === before) return { events: dated(facts, entry.at), effects: [] };
		const moot = keepWork(step.effects);
		const transition: Transition = { ...step, before, after: state, signal: entry.signal, spend, activeMs: active };
		return { events: dated([...facts, ...describe(transition)], entry.at), effects: step.effects, moot };
	};

	const fold: RunFold = {
		run,
		input,
		state: () => state,
		spend: () => spend,
		result(finishedAt) {
			if (state.phase.type !== 'finished') return null;
			const { outcome, answer } = resultOf(state);
			const files = state.presented?.files;
			return { outcome, answer, finishedAt, ...(files === undefined ? {} : { files }) };
		},
		activeMs: (now) => active + (isIdle() ? 0 : Math.max(0, now - lastAt)),
		tainted: () => tainted,
		files: (agent) => files.get(agent) ?? null,
		plan: (agent) => plans.get(agent) ?? [],
		waiting: () => waiting,
		isWaiting,
		approvals: () => approvals.values(),
		isIdle,
		progress: (agent, attempt) => {
			const done = progress.get(agent);
			return done?.attempt === attempt ? done : null;
		},
		apply(entry) {
			switch (entry.type) {
				case 'resumed':
					lastAt = entry.at;
					return {
						events: dated([{ type: 'run_resumed', ...(entry.begins && { begins: true }) }], entry.at),
						effects: [],
					};
				case 'signalled':
					pass(entry.at);
					return applySignal(entry);
				case 'saved':
					pass(entry.at);
					spend = addCalls(spend, entry.calls);
					keepProgress(entry);
					if (entry.plan !== undefined) plans.set(entry.agent, entry.plan);
					tainted ||= entry.begins?.some(({ taints }) => taints) ?? false;
					return { events: dated(savedFacts(entry), entry.at), effects: [] };
				case 'suspended': {
					pass(entry.at);
					spend = addCalls(spend, entry.calls);
					const { agent, attempt, approval } = entry;
					if (entry.files !== undefined) files.set(agent, entry.files.id);
					waiting.set(approval.id, { agent, attempt });
					approvals.set(approval.id, approval);
					const facts: Fact[] = [...callFacts(agent, entry.calls), { type: 'approval_changed', approval }];
					// One that nobody can answer is settled as soon as it is made.
					return { events: dated(facts, entry.at), effects: released(approval) };
				}
				case 'approval': {
					pass(entry.at);
					const { approval } = entry;
					approvals.set(approval.id, approval);
					return { events: dated([{ type: 'approval_changed', approval }], entry.at), effects: released(approval) };
				}
			}
		},
	};

	const started: Fact = {
		type: 'run_started',
		session: input.session,
		question: input.question,
		retryOf: input.retryOf,
		askedBy: input.showing.askedBy,
		team: input.team.name,
		members: input.team.members.map((member) => ({ ...member, name: input.names[member.id] ?? member.id })),
		rules: input.team.rules,
		...(input.memories.length === 0 ? {} : { memories: input.memories }),
	};
	const transition: Transition = {
		before: { ...start.state, agents: [], closing: null },
		after: start.state,
		signal: null,
		effects: start.effects,
		refused: null,
		spend,
		activeMs: 0,
	};
	return { fold, first: { events: dated([started, ...describe(transition)], opened.at), effects: start.effects } };
}

/** What is begun and has no result after one more save. */
function begunAfter(
	known: ReadonlyMap<string, string> | undefined,
	{ messages, begins = [] }: JournalEntry & { type: 'saved' },
): ReadonlyMap<string, string> {
	const begun = new Map(known);
	for (const { callId, effectKey } of begins) begun.set(callId, effectKey);
	for (const message of messages) if (message.role === 'tool') begun.delete(message.callId);
	return begun;
}
