import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { createRunPlaces } from '../../../src/runs/run-places.ts';
import { botWorld } from '../../support/bot-world.ts';
import { gatedAgent } from '../../support/gated-agent.ts';
import { createManualClock } from '../../support/manual-clock.ts';

type World = ReturnType<typeof botWorld>;

const settled = async ({ clock }: World) => {
	for (let i = 0; i < 5; i += 1) await clock.advance(1);
};

/** What a session is shown of its queue. */
const queueIn = ({ gateway }: World, session: string) => {
	const found = [...gateway.shown.values()].find(
		({ place, message }) => place.session === session && message.type === 'queue',
	);
	return found?.message.type === 'queue'
		? found.message.waiting.map(({ position, question }) => `${position} ${question}`)
		: null;
};

const begun = ({ events }: World) => events.flatMap((event) => (event.type === 'run_started' ? [event.question] : []));

const finish = async (world: World, agent: ReturnType<typeof gatedAgent>, question: string) => {
	agent.open(question);
	await settled(world);
};

describe('more questions than runs at a time', () => {
	it('wait with their place in the line, which is told as it moves, and each begins once', async () => {
		const agent = gatedAgent();
		const world = botWorld([agent], { most: 1 });
		expect(await world.ask('One?', 'test:t:c:1')).toMatchObject({ type: 'started' });
		expect(await world.ask('Two?', 'test:t:d:2')).toEqual({ type: 'queued', position: 1 });
		expect(await world.ask('Three?', 'test:t:e:3')).toEqual({ type: 'queued', position: 2 });
		expect(await world.ask('Three and a half?', 'test:t:e:3')).toEqual({ type: 'queued', position: 3 });
		expect([queueIn(world, 'test:t:d:2'), queueIn(world, 'test:t:e:3')]).toEqual([
			['1 Two?'],
			['2 Three?', '3 Three and a half?'],
		]);
		const [listed] = await world.bot.sessions.list('test', 't', { limit: 1 });
		expect(listed?.runs).toEqual([]);

		await finish(world, agent, 'One?');
		expect(begun(world)).toEqual(['One?', 'Two?']);
		expect(queueIn(world, 'test:t:d:2')).toEqual([]);
		await world.clock.advance(2_000);
		expect(queueIn(world, 'test:t:e:3')).toEqual(['1 Three?', '2 Three and a half?']);
		await finish(world, agent, 'Two?');
		await finish(world, agent, 'Three?');
		await finish(world, agent, 'Three and a half?');
		expect(begun(world)).toEqual(['One?', 'Two?', 'Three?', 'Three and a half?']);
		expect(world.finished()).toHaveLength(4);
		expect(await world.bot.sessions.busy()).toEqual([]);
	});

	it('of one thread do not go before the first of another', async () => {
		const agent = gatedAgent();
		const world = botWorld([agent], { most: 1 });
		await world.ask('One?', 'test:t:c:1');
		await world.ask('One more?', 'test:t:c:1');
		await world.ask('Mine?', 'test:t:d:2');
		await finish(world, agent, 'One?');
		await finish(world, agent, 'Mine?');
		await finish(world, agent, 'One more?');
		expect(begun(world)).toEqual(['One?', 'Mine?', 'One more?']);
	});

	it('are found by the next process, also what had never begun, and are begun once', async () => {
		const agent = gatedAgent();
		const store = createMemoryStore();
		const first = botWorld([agent], { store, most: 1 });
		await first.ask('One?', 'test:t:c:1');
		await first.ask('Two?', 'test:t:d:2');
		await first.ask('Three?', 'test:t:e:3');
		await first.runs.close();
		const second = botWorld([agent], { store, most: 1 });
		await second.bot.recover();
		await settled(second);
		expect(queueIn(second, 'test:t:d:2')).toEqual(['1 Two?']);
		for (const question of ['One?', 'Two?', 'Three?']) await finish(second, agent, question);
		const started = second.events.filter(({ type }) => type === 'run_started');
		expect(started).toHaveLength(3);
		expect(second.finished()).toHaveLength(3);
	});
});

describe('a process that has more to do than it can', () => {
	function strained(working: number) {
		const state = { isStrained: true, working, turns: [] as string[] };
		const clock = createManualClock();
		const places = createRunPlaces({
			...{ most: 10, clock, isStrained: () => state.isStrained, working: () => state.working, isOpen: () => true },
			...{ onBegun: () => {}, onLine: () => {}, onMoved: () => {} },
			async onTurn(session) {
				if (session === 'broken' && state.turns.length < 1) {
					state.turns.push('failed');
					throw new Error('the store is away');
				}
				state.turns.push(session);
				state.working += 1;
			},
		});
		const of = { tenant: 't', channel: 'c', user: 'u' };
		return { state, clock, places, of };
	}

	it('begins nothing new until it has recovered, but always goes on with one', async () => {
		const { state, clock, places, of } = strained(3);
		expect(places.take('a')).toBe(false);
		places.wait('a', of);
		await clock.advance(5_000);
		expect([state.turns, places.ahead('a')]).toEqual([[], 0]);
		state.isStrained = false;
		await clock.advance(1_000);
		expect([state.turns, places.ahead('a')]).toEqual([['a'], null]);
		expect(strained(0).places.take('b')).toBe(true);
	});

	it('tries again what could not be begun', async () => {
		const { state, clock, places, of } = strained(0);
		state.working = 9;
		state.isStrained = false;
		places.wait('broken', of);
		await clock.advance(1_000);
		expect(state.turns).toEqual(['failed']);
		await clock.advance(1_000);
		expect(state.turns).toEqual(['failed', 'broken']);
		expect(clock.pending()).toBe(0);
	});
});
