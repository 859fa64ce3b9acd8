import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resultOf } from '../../../src/orchestrator/ending.ts';
import { keyOf, type Pending, pending } from '../../../src/orchestrator/pending.ts';
import { begin, reduce } from '../../../src/orchestrator/reduce.ts';
import { anyRun, type RandomRun, type Walked, walk } from './random-run.ts';

const RUNS = { numRuns: 300 };

/** Checks every step of many random runs. */
function always(check: (step: Walked, run: RandomRun) => void): void {
	fc.assert(
		fc.property(anyRun, (run) => {
			for (const step of walk(run)) check(step, run);
		}),
		RUNS,
	);
}

const keysOf = (works: readonly Pending[]) => works.map(keyOf).sort();

/** Whether the signal is about something that `before` waits for, found without asking the code under test. */
function isExpected({ before, signal }: Walked): boolean {
	const works = pending(before);
	const waits = (...types: readonly Pending['type'][]) =>
		works.some(
			(work) =>
				types.includes(work.type) &&
				(work.type === 'choose' ||
					('attempt' in signal && work.agent === signal.agent && work.attempt === signal.attempt)),
		);
	switch (signal.type) {
		case 'answered':
		case 'voted':
			return waits('start');
		case 'agent_failed':
			return waits('start', 'present', 'review');
		case 'presented':
			return waits('present');
		case 'reviewed':
			return waits('review');
		case 'chosen':
			return works.some((work) => work.type === 'choose' && work.candidates.includes(signal.agent));
		case 'cancel':
		case 'given_up':
			return works.length > 0;
		case 'writing': {
			const agent = before.agents.find(({ id }) => id === signal.agent);
			const limit = before.rules.answerLimit ?? Number.POSITIVE_INFINITY;
			if (!waits('start') || agent?.turn == null || agent.turn.kind !== 'evaluate') return false;
			return !agent.turn.writing && agent.accepted < limit;
		}
		case 'deadline':
			switch (signal.scope) {
				case 'turn':
					return waits('start', 'review');
				case 'presentation':
					return waits('present');
				case 'choice':
					return works.some((work) => work.type === 'choose' && work.orchestration === signal.orchestration);
				case 'first_answer':
					return (
						before.phase.type === 'coordinating' &&
						!before.firstAnswerDue &&
						signal.orchestration === before.orchestration
					);
				case 'run':
				case 'budget':
					return works.length > 0 && (before.cut === null || before.phase.type === 'presenting');
			}
	}
}

describe('under any sequence of signals', () => {
	test('nothing throws, and no state or signal is written to', () => {
		always(({ after }) => expect(after.agents.length).toBeGreaterThan(1));
	});

	test('rule 5: a stale signal changes nothing, an expected one is recorded', () => {
		always((step) => {
			expect(step.after !== step.before).toBe(isExpected(step));
			if (step.after === step.before) expect([step.effects, step.refused]).toEqual([[], null]);
		});
	});

	test('what is pending is what was, and the starts, less the aborts and the one that ended', () => {
		always(({ before, signal, after, effects }) => {
			if (after === before) return;
			const aborted = effects.flatMap((effect) => (effect.type === 'abort' ? [keyOf(effect.work)] : []));
			const started = effects.flatMap((effect) =>
				effect.type === 'abort' || effect.type === 'finish' ? [] : [keyOf(effect)],
			);
			const ended = pending(before).filter((work) => {
				if (signal.type === 'chosen') return work.type === 'choose';
				if (['writing', 'deadline', 'cancel'].includes(signal.type) || work.type === 'choose') return false;
				return 'attempt' in signal && work.agent === signal.agent && work.attempt === signal.attempt;
			});
			const gone = [...aborted, ...ended.map(keyOf)];
			const kept = keysOf(pending(before)).filter((key) => !gone.includes(key));
			expect([...kept, ...started].sort()).toEqual(keysOf(pending(after)));
			expect(gone.filter((key) => !keysOf(pending(before)).includes(key))).toEqual([]);
			expect(new Set([...gone, ...started]).size).toBe(gone.length + started.length);
		});
	});

	test('no piece of work is ever started twice', () => {
		fc.assert(
			fc.property(anyRun, (run) => {
				const keys = walk(run).flatMap(({ effects }) =>
					effects.flatMap((effect) => (effect.type === 'abort' || effect.type === 'finish' ? [] : [keyOf(effect)])),
				);
				expect(new Set(keys).size).toBe(keys.length);
			}),
			RUNS,
		);
	});

	test('a run that has not finished waits for something, and a finished one for nothing', () => {
		always(({ after, effects, before }) => {
			const finished = after.phase.type === 'finished';
			expect(pending(after).length === 0).toBe(finished);
			expect(effects.some((effect) => effect.type === 'finish')).toBe(finished && after !== before);
		});
	});

	test('an agent that is out has nothing in flight', () => {
		always(({ after }) => {
			const out = after.agents.filter((agent) => agent.out !== null).map((agent) => agent.id);
			for (const work of pending(after)) if (work.type !== 'choose') expect(out).not.toContain(work.agent);
			if (after.phase.type !== 'coordinating') expect(after.agents.every((agent) => agent.turn === null)).toBe(true);
		});
	});

	test('the state is that of the accepted signals alone', () => {
		fc.assert(
			fc.property(anyRun, (run) => {
				const steps = walk(run);
				const accepted = steps.filter(({ before, after }) => before !== after).map(({ signal }) => signal);
				const replayed = accepted.reduce(
					(state, signal) => reduce(state, structuredClone(signal)).state,
					begin(run.rules, run.members).state,
				);
				expect(replayed).toEqual(steps.at(-1)?.after ?? begin(run.rules, run.members).state);
			}),
			RUNS,
		);
	});

	test('a finished run has an outcome that fits its answer and its shortfalls', () => {
		always(({ after }) => {
			if (after.phase.type !== 'finished') return;
			const { outcome, answer, winner } = resultOf(after);
			expect(winner === null).toBe(answer === null);
			expect(outcome === 'stopped').toBe(after.shortfalls.includes('cancelled'));
			expect(outcome === 'failed').toBe(answer === null && after.cut !== 'cancelled');
			if (after.shortfalls.includes('below_quorum')) expect(outcome).not.toBe('answered');
			expect(new Set(after.shortfalls).size).toBe(after.shortfalls.length);
		});
	});

	test('an answer that was presented once is never lost', () => {
		always(({ before, after }) => {
			const had = before.presented !== null || before.feedback !== null;
			if (had && after.phase.type === 'finished') expect(resultOf(after).answer).not.toBeNull();
		});
	});
});
