import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rules } from '../../../src/core/team.ts';
import { pending } from '../../../src/orchestrator/pending.ts';
import { begin, reduce } from '../../../src/orchestrator/reduce.ts';
import type { State } from '../../../src/orchestrator/state.ts';
import { anyMembers, anyRules, endOf } from './random-run.ts';

const bounded = fc
	.tuple(anyRules, fc.integer({ min: 1, max: 3 }))
	.map(([rules, answerLimit]): Rules => ({ ...rules, answerLimit }));

/** What each piece of work comes to, over and over: which one ends, how, with what, and whether it writes first. */
const tape = fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(100_000), fc.boolean()), {
	minLength: 1,
	maxLength: 60,
	size: 'max',
});

/**
 * Endings that a run can need at most. An agent succeeds at most once per answer and once per epoch; between
 * two successes it fails fewer times than the limit, and a vote is stale only after an answer.
 */
function mostEndings(agents: number, { answerLimit, failureLimit, restarts }: Rules): number {
	const answers = agents * (answerLimit ?? 0);
	const successes = (answerLimit ?? 0) + answers + 1;
	const turns = agents * (successes * failureLimit + failureLimit + answers);
	const ending = agents * failureLimit + 2;
	return (restarts + 1) * (turns + ending);
}

function drive(start: State, outcomes: readonly (readonly [number, number, number, boolean])[], most: number): State {
	let state = start;
	for (let ended = 0; ended <= most; ended += 1) {
		const [pick, outcome, text, writes] = outcomes[ended % outcomes.length] ?? [0, 0, 0, false];
		const works = pending(state);
		const work = works[pick % Math.max(1, works.length)];
		if (work === undefined) return state;
		if (writes && work.type === 'start') {
			state = reduce(state, { type: 'writing', agent: work.agent, attempt: work.attempt }).state;
		}
		state = reduce(state, endOf(work, state, outcome + ended, text + ended)).state;
	}
	return state;
}

describe('termination', () => {
	test('a run whose every piece of work ends somehow finishes within the bound', () => {
		fc.assert(
			fc.property(bounded, anyMembers, tape, (rules, members, outcomes) => {
				const end = drive(begin(rules, members).state, outcomes, mostEndings(members.length, rules));
				expect(end.phase.type).toBe('finished');
			}),
			{ numRuns: 500 },
		);
	});

	test('a run that always answers anew is ended by the answer limit', () => {
		fc.assert(
			fc.property(bounded, anyMembers, fc.boolean(), (rules, members, writes) => {
				let state = begin({ ...rules, skipCoordination: false }, members).state;
				for (let count = 0; state.phase.type === 'coordinating' && count < 2_000; count += 1) {
					const work = pending(state)[0];
					if (work?.type !== 'start') break;
					const { agent, attempt } = work;
					if (writes) state = reduce(state, { type: 'writing', agent, attempt }).state;
					state = reduce(state, { type: 'answered', agent, attempt, content: `new${count}` }).state;
				}
				expect(state.phase.type).not.toBe('coordinating');
				expect(state.answers).toBeLessThanOrEqual(members.length * (rules.answerLimit ?? 0));
			}),
			{ numRuns: 100 },
		);
	});
});
