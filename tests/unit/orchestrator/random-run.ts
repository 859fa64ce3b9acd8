import fc from 'fast-check';
import type { Signal } from '../../../src/core/coordination.ts';
import type { Rules } from '../../../src/core/team.ts';
import type { Effect } from '../../../src/orchestrator/effects.ts';
import { type Pending, pending } from '../../../src/orchestrator/pending.ts';
import { begin, reduce } from '../../../src/orchestrator/reduce.ts';
import type { State } from '../../../src/orchestrator/state.ts';
import { rulesOf } from './play.ts';

/** One signal to come. Numbers pick among what the state offers when it is sent. */
type Move =
	| { type: 'end'; pick: number; outcome: number; text: number }
	| { type: 'write'; pick: number }
	| { type: 'repeat'; pick: number }
	| { type: 'invent'; signal: Signal }
	| { type: 'pass'; scope: (Signal & { type: 'deadline' })['scope']; pick: number }
	| { type: 'cancel' };

export interface RandomRun {
	rules: Rules;
	members: { id: string; name: string }[];
	moves: Move[];
}

/** One signal on the way of a run. `before` is frozen through and through. */
export interface Walked {
	before: State;
	signal: Signal;
	after: State;
	effects: readonly Effect[];
	refused: string | null;
}

const number = fc.nat({ max: 1_000 });
const scopes = fc.constantFrom('first_answer', 'turn', 'presentation', 'choice', 'run', 'budget');

export const anyRules: fc.Arbitrary<Rules> = fc
	.record({
		schedule: fc.constantFrom('gathered', 'eager'),
		novelty: fc.constantFrom('lenient', 'balanced', 'strict'),
		answerLimit: fc.constantFrom(1, 2, 3, null),
		selfVotes: fc.boolean(),
		tieBreak: fc.constantFrom('order', 'earliest', 'requester'),
		quorum: fc.constantFrom(null, 1, 2, 9),
		restarts: fc.nat({ max: 2 }),
		skipCoordination: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
		failureLimit: fc.integer({ min: 1, max: 3 }),
	})
	.map(rulesOf);

/** Two to six agents, their anonymous names in any order. */
export const anyMembers = fc.integer({ min: 2, max: 6 }).chain((size) =>
	fc
		.shuffledSubarray(
			Array.from({ length: size }, (_, index) => `agent${index + 1}`),
			{ minLength: size },
		)
		.map((names) => names.map((name, index) => ({ id: 'abcdef'.charAt(index), name }))),
);

/** Signals that nobody has a reason to send: unknown agents, attempts that never were, scopes without a subject. */
const nonsense: fc.Arbitrary<Signal> = fc.oneof(
	fc.record({
		type: fc.constantFrom('answered' as const, 'presented' as const),
		agent: fc.constantFrom('a', 'b', 'z', 'agent1', '', '__proto__', 'constructor'),
		attempt: fc.integer({ min: 1, max: 30 }),
		content: fc.constant('nonsense'),
	}),
	fc.record({
		type: fc.constant('voted' as const),
		agent: fc.constantFrom('a', 'z', '__proto__'),
		attempt: fc.integer({ min: 1, max: 30 }),
		target: fc.constantFrom('agent1', 'agent77', '', '__proto__'),
		reason: fc.constant(''),
	}),
	fc.record({
		type: fc.constant('deadline' as const),
		scope: fc.constantFrom('first_answer', 'turn', 'presentation', 'choice'),
	}),
	fc.record({
		type: fc.constant('chosen' as const),
		agent: fc.constantFrom('a', 'b', 'z', '__proto__'),
		orchestration: fc.constantFrom(1, 1, 2),
	}),
);

const anyMove: fc.Arbitrary<Move> = fc.oneof(
	{
		weight: 200,
		arbitrary: fc.record({ type: fc.constant('end' as const), pick: number, outcome: number, text: number }),
	},
	{ weight: 30, arbitrary: fc.record({ type: fc.constant('write' as const), pick: number }) },
	{ weight: 20, arbitrary: fc.record({ type: fc.constant('repeat' as const), pick: number }) },
	{ weight: 15, arbitrary: fc.record({ type: fc.constant('invent' as const), signal: nonsense }) },
	{ weight: 10, arbitrary: fc.record({ type: fc.constant('pass' as const), scope: scopes, pick: number }) },
	{ weight: 1, arbitrary: fc.constant({ type: 'cancel' } as const) },
);

export const anyRun: fc.Arbitrary<RandomRun> = fc.record({
	rules: anyRules,
	members: anyMembers,
	moves: fc.array(anyMove, { maxLength: 90, size: 'max' }),
});

/** Plays the moves and gives every step, stale ones too. */
export function walk({ rules, members, moves }: RandomRun): Walked[] {
	const steps: Walked[] = [];
	let state = deepFreeze(begin(rules, members).state);
	for (const move of moves) {
		const signal = signalOf(move, state, steps);
		if (signal === null) continue;
		const { state: after, effects, refused } = reduce(state, deepFreeze(signal));
		steps.push({ before: state, signal, after: deepFreeze(after), effects, refused });
		state = after;
	}
	return steps;
}

/** Lets one piece of work end; `outcome` and `text` say how. */
export function endOf(work: Pending, state: State, outcome: number, text: number): Signal {
	if (work.type === 'choose') {
		const { orchestration } = work;
		return { type: 'chosen', agent: at(work.candidates, outcome) ?? '', orchestration };
	}
	const { agent, attempt } = work;
	if (outcome % 12 === 0) {
		return { type: 'agent_failed', agent, attempt, code: 'x', message: 'x', fatal: text % 3 === 0 };
	}
	switch (work.type) {
		case 'present':
			return { type: 'presented', agent, attempt, content: outcome % 5 === 0 ? ' ' : `presented ${text}` };
		case 'review':
			return {
				type: 'reviewed',
				agent,
				attempt,
				verdict: outcome % 2 === 0 ? { type: 'submit' } : { type: 'restart', reason: 'r', instructions: 'i' },
			};
		case 'start': {
			if (work.kind === 'answer' ? outcome % 12 !== 1 : outcome % 3 === 1) {
				return { type: 'answered', agent, attempt, content: textOf(text) };
			}
			const name = outcome % 12 === 2 ? 'agent99' : (at(state.agents, text)?.name ?? '');
			return { type: 'voted', agent, attempt, target: name, reason: `reason ${text}` };
		}
	}
}

/** Now and then empty, or a text that others give too. */
function textOf(text: number): string {
	if (text % 20 === 0) return ' ';
	return text % 4 === 0 ? `common words of many agents ${text % 12}` : `own words ${text} ${text * 7} ${text * 13}`;
}

function signalOf(move: Move, state: State, steps: readonly Walked[]): Signal | null {
	const works = pending(state);
	switch (move.type) {
		case 'end': {
			const work = at(works, move.pick);
			return work === undefined ? null : endOf(work, state, move.outcome, move.text);
		}
		case 'write': {
			const work = at(works, move.pick);
			return work?.type === 'start' ? { type: 'writing', agent: work.agent, attempt: work.attempt } : null;
		}
		case 'repeat':
			return at(steps, move.pick)?.signal ?? null;
		case 'invent':
			return move.signal;
		case 'pass': {
			const work = at(works, move.pick);
			const about = work === undefined || work.type === 'choose' ? {} : { agent: work.agent, attempt: work.attempt };
			return { type: 'deadline', scope: move.scope, orchestration: state.orchestration, ...about };
		}
		case 'cancel':
			return { type: 'cancel', by: null };
	}
}

function at<Item>(items: readonly Item[], pick: number): Item | undefined {
	return items[pick % Math.max(1, items.length)];
}

function deepFreeze<Value>(value: Value): Value {
	if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value);
		for (const part of Object.values(value)) deepFreeze(part);
	}
	return value;
}
