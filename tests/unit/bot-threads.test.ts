import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import { openingMessage } from '../../src/agents/instructions/opening-message.ts';
import type { Turn } from '../../src/core/agent.ts';
import { channelSessionId } from '../../src/core/session-id.ts';
import { incompleteThreads } from '../../src/observers/slot-records.ts';
import { actingAgent, hang, ordinaryAct } from '../support/acting-agent.ts';
import { botWorld, person } from '../support/bot-world.ts';

const text = new TextEncoder().encode('The pump runs at 40 Hz.');
const note = { name: 'pump.txt', mediaType: 'text/plain', bytes: text.length, read: async () => text };
const CHANNEL = channelSessionId({ platform: 'test', tenant: 't', channel: 'c' });
const stop = (session: string, run: string | null = null) => ({
	session,
	by: 'bob',
	allow: async () => {},
	run,
	locale: null,
});

/** An agent that keeps the prompts it was given. */
function reader(id: string) {
	const prompts: string[] = [];
	const act = ordinaryAct(id);
	const agent = actingAgent(id, (turn: Turn, signal) => {
		prompts.push(openingMessage(turn));
		return act(turn, signal);
	});
	return { agent, prompts };
}

describe('a file with a question', () => {
	it('is read by the agents, in its run, in its retry and in what follows it', async () => {
		const { agent, prompts } = reader('a');
		const { bot, clock } = botWorld([agent]);
		const wanted = { team: null, quick: false, verbosity: 'normal', locale: null, principal: person } as const;
		const session = 'test:t:c:1';
		await bot.ask({ id: '1', session, question: 'How fast?', files: [note], ...wanted });
		await clock.advance(1_000);
		const first = prompts.length;
		await bot.ask({ id: '2', session, question: 'Is that too fast?', files: [note], ...wanted });
		await clock.advance(1_000);
		const second = prompts.length;
		await bot.retry({ id: '3', session, run: null, principal: person, locale: null });
		await clock.advance(1_000);
		const texts = [prompts.slice(0, first), prompts.slice(first, second), prompts.slice(second)];
		for (const of of texts) {
			expect(of.length).toBeGreaterThan(0);
			for (const prompt of of) expect(prompt.split('The pump runs at 40 Hz.')).toHaveLength(2);
		}
	});

	it('that cannot be used is refused before anything begins', async () => {
		const { bot, runs } = botWorld([reader('a').agent]);
		const wanted = { team: null, quick: false, verbosity: 'normal', locale: null, principal: person } as const;
		const files = [{ ...note, name: 'pump.exe', mediaType: 'application/x-msdownload' }];
		const asked = bot.ask({ id: '1', session: 'test:t:c:1', question: 'How fast?', files, ...wanted });
		await expect(asked).rejects.toMatchObject({ userMessage: expect.stringMatching(/pump\.exe.*Nothing was begun/) });
		expect(await runs.unfinished()).toEqual([]);
	});
});

describe('a command for a channel as a whole', () => {
	it('means its only run, and asks which one when there are several', async () => {
		const { bot, ask, clock } = botWorld([actingAgent('a', (_, signal) => hang(signal))]);
		expect(await bot.stop(stop(CHANNEL))).toBe(false);
		await ask('One?', 'test:t:c:1');
		await ask('Elsewhere?', 'test:t:d:1');
		await ask('Other place?', 'test:u:c:1');
		await clock.advance(1);
		expect((await bot.status(CHANNEL, null)).map(({ title }) => title)).toEqual(['One?']);
		await ask('Two?', 'test:t:c:2');
		await clock.advance(1);
		await expect(bot.stop(stop(CHANNEL))).rejects.toMatchObject({
			userMessage: expect.stringMatching(/2 runs.*Two\?.*One\?/),
		});
		expect(await bot.stop(stop('test:t:c:2'))).toBe(true);
		await clock.advance(1);
		expect(await bot.stop(stop(CHANNEL))).toBe(true);
		await clock.advance(1);
		expect(await bot.status(CHANNEL, null)).toEqual([]);
		expect(await bot.status('test:t:d:1', null)).toMatchObject([{ finished: null }]);
	});

	it('a button of an earlier run does not stop the one that is going', async () => {
		const { bot, ask, clock } = botWorld([actingAgent('a', (_, signal) => hang(signal))]);
		await ask('One?');
		await clock.advance(1);
		expect(await bot.stop(stop('test:t:c:1', 'another run'))).toBe(false);
		expect(await bot.status('test:t:c:1', null)).toMatchObject([{ finished: null, title: 'One?' }]);
	});
});

describe('the reasons and the rating of a run', () => {
	it('are those of the thread, and of no other', async () => {
		const { bot, ask, clock, store } = botWorld(['a', 'b'].map((id) => actingAgent(id, ordinaryAct(id))));
		const asked = await ask('Why?');
		await clock.advance(1_000);
		const run = asked.type === 'started' ? asked.run : '';
		const found = await bot.why('test:t:c:1', null);
		expect(found?.tallies).toHaveLength(1);
		expect(found?.tallies[0]?.votes.length).toBe(2);
		expect(found?.agents.map(({ agent }) => agent).sort()).toEqual(['a', 'b']);
		expect(await bot.why('test:t:c:9', null)).toBeNull();
		expect(await bot.why('test:t:c:9', run)).toBeNull();
		const rate = (user: string, verdict: 'good' | 'bad') =>
			bot.rate({ session: 'test:t:c:1', run, principal: { ...person, user }, verdict });
		expect([await rate('ada', 'good'), await rate('bob', 'bad'), await rate('ada', 'bad')]).toEqual([true, true, true]);
		const kept = (await store.list('rating', { limit: 10 })).map(({ value }) => value);
		expect(kept).toHaveLength(2);
		expect(kept).toContainEqual({ run, user: 'ada', verdict: 'bad' });
		expect(await bot.rate({ session: 'test:t:c:9', run, principal: person, verdict: 'good' })).toBe(false);
	});
});

describe('a question that is delivered again', () => {
	it('begins or waits once', async () => {
		const { bot, clock } = botWorld([actingAgent('a', (_, signal) => hang(signal))]);
		const wanted = {
			team: null,
			quick: false,
			verbosity: 'normal',
			locale: null,
			principal: person,
			files: [],
		} as const;
		const ask = (id: string) => bot.ask({ id, session: 'test:t:c:1', question: 'Why?', ...wanted });
		const first = await ask('1');
		await clock.advance(1);
		expect(await ask('1')).toEqual(first);
		expect(await ask('2')).toEqual({ type: 'queued', position: 1 });
		expect(await ask('2')).toEqual({ type: 'queued', position: 1 });
		expect((await bot.sessions.get('test:t:c:1'))?.runs).toHaveLength(1);
	});
});

describe('a thread of a platform that keeps its messages', () => {
	it('is shown to its end by the next process, though its run had ended before', async () => {
		const store = createMemoryStore();
		const agents = ['a', 'b'].map((id) => actingAgent(id, ordinaryAct(id)));
		const before = botWorld(agents, { store, keepsMessages: true });
		before.gateway.refuse = (message) => message.type === 'final';
		await before.ask('Why?');
		await before.clock.advance(5_000);
		expect(before.finished()).toHaveLength(1);
		expect([...before.gateway.shown.values()].map(({ message }) => message.type)).not.toContain('final');
		const after = botWorld(agents, { store, keepsMessages: true });
		await after.bot.recover();
		await after.clock.advance(1_000);
		expect(after.gateway.posts.map(({ type }) => type)).toEqual(['final']);
		expect(await incompleteThreads(store)).toEqual([]);
		expect(after.finished()).toEqual([]);
	});
});
