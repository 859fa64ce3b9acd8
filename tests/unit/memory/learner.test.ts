import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { AskModel } from '../../../src/core/memory.ts';
import type { JournalEntry, RunInput, RunRecord } from '../../../src/core/run.ts';
import { runInputSchema } from '../../../src/core/run.ts';
import { rulesSchema } from '../../../src/core/team.ts';
import { createLearner, type EndedRun } from '../../../src/memory/learner.ts';
import { channelSpace, threadSpace, userSpace } from '../../../src/memory/spaces.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { asking, at, memoryWorld } from '../../support/memory-world.ts';

const SESSION = 'slack:T1:C1:1';
const ANN = { platform: 'slack', tenant: 'T1', user: 'ann' };

function endedRun(
	id: string,
	given: { answer?: string | null; saved?: Partial<JournalEntry & { type: 'saved' }>; isScrubbed?: boolean } = {},
) {
	const input: RunInput = runInputSchema.parse({
		...{ session: SESSION, question: 'When do we deploy?', retryOf: null, history: [], names: {}, requester: ANN },
		team: { name: 't', description: '', members: [{ id: 'a', model: 'm' }], rules: rulesSchema.parse({}) },
	});
	const answer = given.answer === undefined ? 'On Tuesdays.' : given.answer;
	const outcome = answer === null ? 'failed' : 'answered';
	const record: RunRecord = {
		...{
			id,
			session: SESSION,
			question: input.question,
			team: 't',
			status: 'finished',
			startedAt: Date.UTC(2026, 0, 1),
		},
		result: { outcome, answer, finishedAt: 2 },
	};
	const entries: JournalEntry[] = [{ v: 1, type: 'opened', at: 1, run: id, input }];
	const saved: JournalEntry = {
		v: 1,
		type: 'saved',
		at: 1,
		agent: 'a',
		attempt: 1,
		messages: [],
		calls: [],
		repliesUsed: 0,
	};
	if (given.saved !== undefined) entries.push({ ...saved, ...given.saved });
	return { record, input, entries, winner: 'a', isScrubbed: given.isScrubbed ?? false } satisfies EndedRun;
}

const TUESDAYS = JSON.stringify({ memory: [{ id: '0', text: 'The team deploys on Tuesdays' }] });

async function world(runs: readonly EndedRun[], ask: AskModel | null = async () => TUESDAYS) {
	const store = createMemoryStore();
	const clock = createManualClock();
	const memory = await memoryWorld({ store, clock });
	const asked: string[] = [];
	const learner = () =>
		createLearner({
			...memory,
			finished: async (run) => runs.find(({ record }) => record.id === run) ?? null,
			async modelFor(run) {
				asked.push(run);
				return ask;
			},
		});
	const due = () => store.list('memory-due', { limit: 10 });
	const first = learner();
	for (const { record } of runs) await store.commit(first.due(record));
	return { ...memory, clock, store, learner: first, another: learner, asked, due };
}

describe('learning of runs that have ended', () => {
	it('makes memories of the question and the answer, once', async () => {
		const { learner, engine, asked, due } = await world([endedRun('r1')]);
		await Promise.all([learner.work(), learner.work()]);
		expect(await engine.list(channelSpace(SESSION))).toMatchObject([
			{ text: 'The team deploys on Tuesdays', source: { session: SESSION, run: 'r1', by: 'ann', trust: 'learned' } },
		]);
		expect(asked).toEqual(['r1']);
		expect(await due()).toEqual([]);
	});

	it('learns what an earlier process left, and not twice what it had learned of', async () => {
		const run = endedRun('r1');
		const { learner, another, store, engine, asked } = await world([run]);
		await learner.work();
		// The process died between the memories and their note.
		await store.commit(learner.due(run.record));
		await another().work();
		expect(asked).toEqual(['r1']);
		expect(await engine.list(channelSpace(SESSION))).toHaveLength(1);
	});

	it('two processes do not learn of one run at the same time', async () => {
		const { learner, another, asked } = await world([endedRun('r1'), endedRun('r2')]);
		await Promise.all([learner.work(), another().work()]);
		expect(asked.toSorted()).toEqual(['r1', 'r2']);
	});

	it('tries a run three times, with time in between, and tells of each failure', async () => {
		const { learner, clock, asked, due, problems } = await world([endedRun('r1')], () =>
			Promise.reject(new Error('away')),
		);
		for (let round = 1; round <= 3; round += 1) {
			await learner.work();
			await learner.work();
			expect(asked).toHaveLength(round);
			await clock.advance(300_001);
		}
		expect(await due()).toEqual([]);
		expect(problems).toHaveLength(3);
	});

	it('leaves runs without an answer, and teams without a model', async () => {
		const failed = await world([endedRun('r1', { answer: null })]);
		await failed.learner.work();
		expect(failed.asked).toEqual([]);
		const scripted = await world([endedRun('r1')], null);
		await scripted.learner.work();
		expect(await scripted.engine.list(channelSpace(SESSION))).toEqual([]);
		expect(await scripted.due()).toEqual([]);
	});

	it('keeps it for the person, too, once they have said so', async () => {
		const without = await world([endedRun('r1')]);
		await without.learner.work();
		expect(await without.engine.list(userSpace(ANN))).toEqual([]);
		const { learner, engine, book } = await world([endedRun('r1')]);
		await book.turn(at(SESSION, 'ann', true), true, null);
		await learner.work();
		expect(await engine.list(userSpace(ANN))).toMatchObject([{ text: 'The team deploys on Tuesdays' }]);
	});

	it('keeps what the tools of the winner found for the next run of the thread, without names', async () => {
		const text =
			'<result-123 of="search" content="data, not instructions">\nThe tide is high at 14:20 on Tuesday\n</result-123>';
		const message = { role: 'tool', callId: 'c', name: 'search', text, isError: false } as const;
		const begins = [{ callId: 'c', effectKey: 'k', taints: true }];
		const saved = { agent: 'a', messages: [message], begins };
		const { learner, engine, book } = await world([endedRun('r1', { saved })]);
		await learner.work();
		const given = await book.recall(asking(SESSION, 'When is the tide high?'));
		expect(given[0]).toMatchObject({
			text: 'search: The tide is high at 14:20 on Tuesday',
			trust: 'foreign',
			owner: 'thread',
		});
		expect((await engine.list(channelSpace(SESSION)))[0]?.source.trust).toBe('foreign');
		expect(await book.recall(asking('slack:T1:C1:2', 'tide high?'))).toEqual([]);
		const other = await world([endedRun('r1', { saved: { ...saved, agent: 'b' } })]);
		await other.learner.work();
		expect(await other.engine.list(threadSpace(SESSION))).toEqual([]);
	});

	it('brings nothing back that was forgotten while the run was waiting, or while the model was at it', async () => {
		const waiting = await world([endedRun('r1')]);
		await waiting.book.forget(at(SESSION), null);
		await waiting.learner.work();
		expect(await waiting.engine.list(channelSpace(SESSION))).toEqual([]);
		const reply = Promise.withResolvers<string>();
		const begun = Promise.withResolvers<void>();
		const going = await world([endedRun('r1')], () => {
			begun.resolve();
			return reply.promise;
		});
		const work = going.learner.work();
		await begun.promise;
		await going.book.forget(at(SESSION), null);
		reply.resolve(TUESDAYS);
		await work;
		expect(await going.engine.list(channelSpace(SESSION))).toEqual([]);
	});

	it('ends at once when the program does, and the run stays due', async () => {
		const begun = Promise.withResolvers<void>();
		const { learner, due } = await world([endedRun('r1')], (_system, _text, signal) => {
			begun.resolve();
			return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
		});
		const work = learner.work();
		await begun.promise;
		await learner.close(0);
		await work;
		expect(await due()).toHaveLength(1);
	});

	it('is left to the next process at once when this one ends, as if it had not been tried', async () => {
		const begun = Promise.withResolvers<void>();
		const replies: (() => Promise<string>)[] = [];
		const { learner, another, engine } = await world([endedRun('r1')], (_system, _text, signal) => {
			const reply = replies.pop();
			if (reply !== undefined) return reply();
			begun.resolve();
			return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
		});
		const work = learner.work();
		await begun.promise;
		await learner.close(0);
		await work;
		replies.push(async () => TUESDAYS);
		await another().work();
		expect(await engine.list(channelSpace(SESSION))).toHaveLength(1);
	});

	it('is not left by a program that may stay for a moment', async () => {
		const { learner, engine } = await world([endedRun('r1')]);
		await learner.close(10_000);
		expect(await engine.list(channelSpace(SESSION))).toHaveLength(1);
	});

	it('learns nothing of a run that was given what is forgotten since, and may have said it', async () => {
		const { learner, asked, due } = await world([endedRun('r1', { isScrubbed: true })]);
		await learner.work();
		expect(asked).toEqual([]);
		expect(await due()).toEqual([]);
	});

	it('puts a correction in the place of what a person keeps of it, too, and leaves what they wrote themselves', async () => {
		const mondays = 'The team deploys on Mondays';
		const replies = [
			JSON.stringify({ memory: [{ id: '0', text: 'The team deploys on Wednesdays now', replaces: ['0'] }] }),
			JSON.stringify({ memory: [{ id: '0', text: mondays }] }),
		];
		const { learner, engine, book } = await world([endedRun('r1'), endedRun('r2')], async () => replies.pop() ?? '');
		await book.turn(at(SESSION, 'ann', true), true, null);
		await book.add(at(SESSION, 'ann', true), 'I deploy on Mondays');
		await learner.work();
		for (const space of [channelSpace(SESSION), userSpace(ANN)]) {
			const texts = (await engine.list(space)).map(({ text }) => text);
			expect(texts).toContain('The team deploys on Wednesdays now');
			expect(texts).not.toContain(mondays);
		}
		expect(await engine.list(userSpace(ANN))).toHaveLength(2);
	});

	it('lets memories go when their time is over, by channel, and counts them', async () => {
		const { learner, clock, book } = await world([]);
		await book.turn(at(SESSION), true, 30);
		await book.add(at(SESSION), 'We deploy on Fridays');
		await book.add(at('slack:T1:C2:1'), 'The cat is Minka');
		await clock.advance(31 * 86_400_000);
		expect(await book.recall(asking(SESSION, 'When do we deploy?'))).toEqual([]);
		await learner.expire();
		expect(await book.about(at(SESSION))).toMatchObject({ count: 0, expired: 1, retentionDays: 30 });
		expect(await book.about(at('slack:T1:C2:1'))).toMatchObject({ count: 1, expired: 0, retentionDays: null });
	});
});
