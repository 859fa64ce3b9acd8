import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { Store } from '../../../src/core/store.ts';
import { actingAgent, ordinaryAct, ordinaryOutcome } from '../../support/acting-agent.ts';
import { botWorld, person } from '../../support/bot-world.ts';
import { gatedAgent } from '../../support/gated-agent.ts';

const SESSION = 'test:t:c:1';

const settled = async (world: ReturnType<typeof botWorld>) => {
	for (let i = 0; i < 5; i += 1) await world.clock.advance(1);
};

const queueOf = (world: ReturnType<typeof botWorld>) => {
	const queue = [...world.gateway.shown.values()].map(({ message }) => message).find(({ type }) => type === 'queue');
	return queue?.type === 'queue' ? queue.waiting.map(({ position, question }) => `${position} ${question}`) : null;
};

describe('a follow-up', () => {
	it('after the run has ended builds on its question and answer', async () => {
		const agent = actingAgent('a', ordinaryAct('a'));
		const world = botWorld([agent]);
		await world.ask('First?');
		await settled(world);
		await world.ask('Second?');
		await settled(world);
		const turn = agent.turns.find(({ question, kind }) => question === 'Second?' && kind === 'answer');
		expect(turn?.history).toEqual([{ question: 'First?', answer: 'final by a' }]);
		expect(world.finished()).toHaveLength(2);
	});

	it('during a run is queued with its position shown, and run once, in order', async () => {
		const agent = gatedAgent();
		const world = botWorld([agent]);
		expect(await world.ask('First?')).toMatchObject({ type: 'started' });
		expect(await world.ask('Second?')).toEqual({ type: 'queued', position: 1 });
		expect(await world.ask('Third?')).toEqual({ type: 'queued', position: 2 });
		expect(queueOf(world)).toEqual(['1 Second?', '2 Third?']);
		agent.open('First?');
		await settled(world);
		expect(queueOf(world)).toEqual(['1 Third?']);
		agent.open('Second?');
		agent.open('Third?');
		await settled(world);
		expect(queueOf(world)).toEqual([]);
		const answered = agent.turns.filter(({ kind }) => kind === 'answer').map(({ question }) => question);
		expect(answered).toEqual(['First?', 'Second?', 'Third?']);
		expect(agent.turns.find(({ question, kind }) => question === 'Third?' && kind === 'answer')?.history).toHaveLength(
			2,
		);
	});

	it('case 105: while the run presents starts a run of its own afterwards, instead of a canned reply', async () => {
		let present = () => {};
		const presenting = new Promise<void>((resolve) => {
			present = resolve;
		});
		const agent = actingAgent('a', async function* (turn) {
			if (turn.kind === 'present' && turn.question === 'First?') await presenting;
			yield ordinaryOutcome(turn, 'a');
		});
		const world = botWorld([agent]);
		await world.ask('First?');
		await settled(world);
		expect(await world.ask('Second?')).toEqual({ type: 'queued', position: 1 });
		present();
		await settled(world);
		expect(world.finished()).toHaveLength(2);
	});

	it('of another session does not wait', async () => {
		const agent = gatedAgent();
		const world = botWorld([agent]);
		await world.ask('First?');
		expect(await world.ask('Elsewhere?', 'test:t:c:2')).toMatchObject({ type: 'started' });
	});

	it('with a mistake is refused at once and takes no place in the line', async () => {
		const world = botWorld([gatedAgent()]);
		await world.ask('First?');
		await expect(world.ask(' ')).rejects.toMatchObject({ code: 'input_invalid' });
		await expect(world.ask('Hm?', SESSION, { team: 'nobody' })).rejects.toMatchObject({ code: 'team_unknown' });
		expect(await world.ask('Second?')).toEqual({ type: 'queued', position: 1 });
	});

	it('asked by two at the same moment: one runs, the other waits', async () => {
		const world = botWorld([gatedAgent()]);
		const both = await Promise.all([world.ask('One?'), world.ask('Two?')]);
		expect(both.map(({ type }) => type).toSorted()).toEqual(['queued', 'started']);
	});
});

describe('a stop', () => {
	it('comes before any queue: the run ends at once and what waits begins', async () => {
		const agent = gatedAgent();
		const world = botWorld([agent]);
		await world.ask('First?');
		await world.ask('Second?');
		await settled(world);
		expect(await world.bot.stop({ session: SESSION, by: 'ada', allow: async () => {}, run: null, locale: null })).toBe(
			true,
		);
		await settled(world);
		expect(world.finished()).toMatchObject([{ outcome: 'stopped' }]);
		expect(world.events.find((event) => event.type === 'stop_requested')).toMatchObject({ by: 'ada' });
		agent.open('Second?');
		await settled(world);
		expect(world.finished()).toMatchObject([{ outcome: 'stopped' }, { outcome: 'answered' }]);
		expect(await world.bot.stop({ session: SESSION, by: 'ada', allow: async () => {}, run: null, locale: null })).toBe(
			false,
		);
	});
});

describe('a retry', () => {
	const retry = (world: ReturnType<typeof botWorld>, run: string | null, id = 'retry') =>
		world.bot.retry({ id, session: SESSION, run, principal: person, locale: null });

	it('puts the question again in a run that is linked to the old one, without its answer in the history', async () => {
		const agent = actingAgent('a', ordinaryAct('a'));
		const world = botWorld([agent]);
		await world.ask('First?');
		await settled(world);
		const [old] = world.finished();
		await retry(world, old?.run ?? null);
		await settled(world);
		const started = world.events.filter((event) => event.type === 'run_started');
		expect(started[1]).toMatchObject({ question: 'First?', retryOf: old?.run });
		expect(agent.turns.filter(({ kind }) => kind === 'answer')[1]?.history).toEqual([]);
		await world.ask('Second?');
		await settled(world);
		expect(agent.turns.filter(({ kind }) => kind === 'answer')[2]?.history).toHaveLength(1);
	});

	it('by a double click is one run', async () => {
		const world = botWorld([actingAgent('a', ordinaryAct('a'))]);
		await world.ask('First?');
		await settled(world);
		const [old] = world.finished();
		const both = await Promise.all([retry(world, old?.run ?? null, 'r1'), retry(world, old?.run ?? null, 'r2')]);
		await settled(world);
		expect(both[0]).toEqual(both[1]);
		expect(world.finished()).toHaveLength(2);
	});

	it('that waits is the same retry when it is asked for again', async () => {
		const agent = gatedAgent();
		const world = botWorld([agent]);
		agent.open('First?');
		await world.ask('First?');
		await settled(world);
		const [old] = world.finished();
		await world.ask('Second?');
		expect(await retry(world, old?.run ?? null, 'r1')).toEqual({ type: 'queued', position: 1 });
		expect(await retry(world, old?.run ?? null, 'r2')).toEqual({ type: 'queued', position: 1 });
	});

	it('of a run that is still going, or of nothing, is refused with a sentence', async () => {
		const world = botWorld([gatedAgent()]);
		await expect(retry(world, null)).rejects.toMatchObject({ code: 'run_unknown' });
		await world.ask('First?');
		await expect(retry(world, null)).rejects.toMatchObject({
			code: 'input_invalid',
			userMessage: expect.stringMatching(/[Ss]top/),
		});
		await expect(retry(world, 'foreign')).rejects.toMatchObject({ code: 'run_unknown' });
	});
});

describe('after a restart', () => {
	it('the run is taken up, then what waited, each once and in order', async () => {
		const store = createMemoryStore();
		const first = botWorld([gatedAgent()], { store });
		await first.ask('First?');
		await first.ask('Second?');
		await first.ask('Third?');
		await settled(first);
		await first.runs.close();
		const agent = actingAgent('a', ordinaryAct('a'));
		const second = botWorld([agent], { store });
		await second.bot.recover();
		expect(queueOf(second)).not.toBeNull();
		await settled(second);
		const questions = second.events.filter((event) => event.type === 'run_started').map((event) => event.question);
		expect(questions).toEqual(['First?', 'Second?', 'Third?']);
		expect(second.finished()).toHaveLength(3);
		const third = botWorld([agent], { store });
		await third.bot.recover();
		await settled(third);
		expect(third.events).toEqual([]);
	});

	it('a session whose run had ended but not been dealt with goes on with what waits', async () => {
		const store = createMemoryStore();
		let isDead = () => false;
		const mortal: Store = { ...store, commit: (changes) => (isDead() ? new Promise(() => {}) : store.commit(changes)) };
		const agent = gatedAgent();
		const first = botWorld([agent], { store: mortal });
		isDead = () => first.finished().length > 0;
		await first.ask('First?');
		await first.ask('Second?');
		agent.open('First?');
		await settled(first);
		const second = botWorld([actingAgent('a', ordinaryAct('a'))], { store });
		await second.bot.recover();
		await settled(second);
		expect(second.finished().at(-1)).toMatchObject({ outcome: 'answered' });
	});
});

describe('threads', () => {
	it('are listed newest first, page by page, for their own platform alone', async () => {
		const world = botWorld([actingAgent('a', ordinaryAct('a'))]);
		for (let i = 1; i <= 5; i += 1) {
			await world.ask(`Question ${i}?`, `test:t:c:${i}`);
			await world.clock.advance(1_000);
		}
		await world.ask('Elsewhere?', 'other:t:c:1');
		const { sessions } = world.bot;
		const page = await sessions.list('test', 't', { limit: 3 });
		expect(page.map(({ title }) => title)).toEqual(['Question 5?', 'Question 4?', 'Question 3?']);
		const rest = await sessions.list('test', 't', { limit: 3, before: page.at(-1)?.session ?? '' });
		expect(rest.map(({ title }) => title)).toEqual(['Question 2?', 'Question 1?']);
	});
});

describe('a channel as a whole', () => {
	it('finds its run behind hundreds of newer ones elsewhere', async () => {
		const agent = gatedAgent();
		const world = botWorld([agent]);
		await world.ask('Long?', 'test:t:quiet:1');
		agent.open('Busy?');
		for (let thread = 1; thread <= 150; thread += 1) {
			await world.clock.advance(1);
			await world.ask('Busy?', `test:t:busy:${thread}`);
		}
		expect((await world.bot.status('test:t:quiet:-', null)).map(({ title }) => title)).toEqual(['Long?']);
		expect(
			await world.bot.stop({ session: 'test:t:quiet:-', by: 'ada', allow: async () => {}, run: null, locale: null }),
		).toBe(true);
	});
});

describe('a line of questions', () => {
	it('is no longer than it may be, says so, and moves up again', async () => {
		const agent = gatedAgent();
		const world = botWorld([agent]);
		await world.ask('First?');
		for (let position = 1; position <= 25; position += 1) {
			expect(await world.ask(`Number ${position}?`)).toEqual({ type: 'queued', position });
		}
		await expect(world.ask('One more?')).rejects.toThrow(/25 questions wait/);
		agent.open('First?');
		await settled(world);
		expect(await world.ask('One more?')).toEqual({ type: 'queued', position: 25 });
	});
});
