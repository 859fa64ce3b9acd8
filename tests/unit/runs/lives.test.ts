import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/core/run.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import { threadAfter } from '../../../src/observers/thread.ts';
import { createThreadView } from '../../../src/observers/thread-view.ts';
import { anyPlan, type Biography, leadThrough, type Plan } from './lives.ts';
import type { Whim } from './whimsical-agent.ts';

const unhandled: unknown[] = [];
const keep = (reason: unknown) => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', keep));
afterAll(() => void process.off('unhandledRejection', keep));

const lasting = (events: readonly RunEvent[]) => events.filter((event) => 'seq' in event);
const callsIn = (journal: readonly JournalEntry[]) => journal.flatMap((entry) => ('calls' in entry ? entry.calls : []));
const threadOf = (events: readonly RunEvent[]) => events.reduce(threadAfter, createThreadView());

/** `agent:attempt` of the turns whose end the journal knows. */
const endedIn = (journal: readonly JournalEntry[]) =>
	journal.flatMap((entry) =>
		entry.type === 'signalled' && 'attempt' in entry.signal && !['writing', 'deadline'].includes(entry.signal.type)
			? [`${entry.signal.agent}:${entry.signal.attempt}`]
			: [],
	);

/** Everything that must hold of every run, in the words of its first breach. */
function breach({ lives, journal, events, status, diary }: Biography): string | null {
	const last = lives.at(-1);
	const finished = events.at(-1);
	if (status !== 'finished' || finished?.type !== 'run_finished')
		return `the record is ${status}, last ${finished?.type}`;
	if (events.some((event, index) => !('seq' in event) || event.seq !== index + 1)) return 'the numbers have gaps';
	if (events.filter((event) => event.type === 'run_finished').length !== 1) return 'it finished more than once';
	const calls = callsIn(journal);
	const called = events.filter((event) => event.type === 'model_called');
	if (new Set(calls.map((call) => call.usage.inputTokens)).size !== calls.length) return 'a call was journaled twice';
	if (finished.spend.modelCalls !== calls.length)
		return `${calls.length} calls, ${finished.spend.modelCalls} in the result`;
	if (called.length !== calls.length) return `${calls.length} calls, ${called.length} told`;
	const nameless = called.filter(({ agent }) => !['a', 'b', 'c', 'd'].includes(agent));
	if (nameless.length > 0) return `${nameless.length} calls of nobody`;
	for (const [index, life] of lives.entries()) {
		const seen = lasting(life.shown);
		const known = events.slice(0, seen.length);
		if (JSON.stringify(seen) !== JSON.stringify(known)) return `life ${index} showed what the journal does not say`;
		const again = life.taken.filter((turn) => endedIn(life.found).includes(turn));
		if (again.length > 0) return `life ${index} repeated ${again}`;
		const twice = life.taken.filter((turn, place) => life.taken.indexOf(turn) !== place);
		if (twice.length > 0) return `life ${index} took ${twice} twice`;
		if (life.end !== 'died' && life.timersLeft > 0) return `life ${index} left ${life.timersLeft} timers`;
	}
	if (lives.length === 1 && last?.end === 'finished' && !last.slow) {
		const lost = diary.prompt.filter((call) => !calls.some((one) => one.usage.inputTokens === call.usage.inputTokens));
		if (lost.length > 0) return `${lost.length} calls were lost`;
	}
	if (last !== undefined && last.end === 'finished') {
		if (lasting(last.shown).length !== events.length) return 'the last life did not show everything';
		if (JSON.stringify(threadOf(last.shown)) !== JSON.stringify(threadOf(events))) return 'the threads differ';
	}
	return diary.faults[0] ?? null;
}

const whim: Whim = { type: 'work', saves: 0, pauseMs: 0, lingerMs: 0, writes: false, pick: 0 };
const quiet = { firstAnswerMs: null, turnMs: null, presentationMs: 1_000, choiceMs: null, runMs: 2_000 };

/** The budget is spent by an answer that is still on its way to the disk, and with it what aborts another's turn. */
const SPENT_MEANWHILE: Plan = {
	rules: {
		...{ schedule: 'eager', answerLimit: 1, selfVotes: false, failureLimit: 1 },
		...{ deadlines: quiet, budget: { modelCalls: 3 } },
	},
	whims: [
		[whim, { ...whim, type: 'copy', saves: 1 }],
		[{ ...whim, pauseMs: 10 }, whim],
	],
	fates: [{ death: null, lags: [5], suspendAt: null, stopAt: null, chooseAt: null }],
};

describe('any team under any rules, through any number of processes', () => {
	it('finishes; its journal is gap-free, counts each call once, repeats no finished turn and leads to the thread shown', async () => {
		await fc.assert(
			fc.asyncProperty(anyPlan, async (plan) => {
				expect(breach(await leadThrough(plan))).toBeNull();
				expect(unhandled).toEqual([]);
			}),
			{ numRuns: 200, examples: [[SPENT_MEANWHILE]] },
		);
	}, 120_000);
});
