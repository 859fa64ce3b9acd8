import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { Agent } from '../../../src/core/agent.ts';
import { BotError } from '../../../src/core/errors.ts';
import type { Store } from '../../../src/core/store.ts';
import { MOST_TRIES, triesOf } from '../../../src/runs/poison.ts';
import { createRuns } from '../../../src/runs/runs.ts';
import { aCall, actingAgent, hang, ordinaryAct } from '../../support/acting-agent.ts';
import { botWorld } from '../../support/bot-world.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { noApprovals } from '../../support/no-approvals.ts';
import { plainAudit } from '../../support/plain-audit.ts';
import { runWorld, teamOf } from '../../support/run-world.ts';

const hanging = () => actingAgent('a', (_, signal) => hang(signal));

/** A run that a process has left by dying. */
async function leftRun(store: Store): Promise<string> {
	return (await runWorld([hanging()], { store }).ask(teamOf(['a']))).id;
}

describe('a run over which the process dies each time', () => {
	it('is given up at the next try, with what was there, and the thread is told', async () => {
		const store = createMemoryStore();
		const run = await leftRun(store);
		for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
			const dying = runWorld([hanging()], { store });
			await dying.runs.resume(run, dying.audience);
			expect(await triesOf(store, run)).toBe(tries);
			expect(dying.of('run_finished')).toEqual([]);
		}
		const idle = hanging();
		const last = runWorld([idle], { store });
		expect(await (await last.runs.resume(run, last.audience)).done).toBe('finished');
		expect(idle.turns).toEqual([]);
		expect(last.of('run_finished')).toMatchObject([{ outcome: 'failed', shortfalls: ['given_up', 'below_quorum'] }]);
		expect(await last.runs.record(run)).toMatchObject({ status: 'finished', result: { outcome: 'failed' } });
		expect(await store.list('tries', { limit: 1 })).toEqual([]);
	});

	it('is counted before its agents are made, which may be what fails', async () => {
		const store = createMemoryStore();
		const run = await leftRun(store);
		const counted: number[] = [];
		const agentsOf = async (): Promise<ReadonlyMap<string, Agent>> => {
			counted.push(await triesOf(store, run));
			throw new Error('the agents cannot be made');
		};
		const common = { approvals: noApprovals, audit: plainAudit(store), random: () => 0.5, clock: createManualClock() };
		const runs = createRuns({ store, ...common, agentsOf });
		const audience = { publish: () => {}, canAsk: false };
		for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
			await expect(runs.resume(run, audience)).rejects.toThrow('cannot be made');
		}
		expect(await (await runs.resume(run, audience)).done).toBe('finished');
		expect(counted).toEqual([1, 2, 3, 4, 5]);
	});
});

describe('a run that is taken up often', () => {
	it('and gets on each time is not given up', async () => {
		const store = createMemoryStore();
		const run = await leftRun(store);
		for (let life = 0; life < 2 * MOST_TRIES; life += 1) {
			const agent = actingAgent('a', async function* (_, signal) {
				yield { type: 'saved', messages: [], calls: [aCall], repliesUsed: 0 };
				yield* hang(signal);
			});
			const world = runWorld([agent], { store });
			await world.runs.resume(run, world.audience);
			await world.runs.proven(run);
			expect(await triesOf(store, run)).toBe(0);
		}
	});

	it('and was suspended by a process that ended well is not given up', async () => {
		const store = createMemoryStore();
		const run = await leftRun(store);
		for (let life = 0; life < 2 * MOST_TRIES; life += 1) {
			const world = runWorld([hanging()], { store });
			await world.runs.resume(run, world.audience);
			await world.runs.close();
		}
		expect(await triesOf(store, run)).toBe(0);
	});

	it('and has to be left because the store is away each time is not given up', async () => {
		const memory = createMemoryStore();
		const run = await leftRun(memory);
		let away: PromiseWithResolvers<void> = Promise.withResolvers();
		let isAway = false;
		const store: Store = {
			...memory,
			commit: (changes) => (isAway ? Promise.reject(new BotError('store_away', 'away')) : memory.commit(changes)),
		};
		const agent = actingAgent('a', async function* () {
			await away.promise;
			yield { type: 'saved', messages: [], calls: [aCall], repliesUsed: 0 };
		});
		const world = runWorld([agent], { store });
		for (let outage = 0; outage < 2 * MOST_TRIES; outage += 1) {
			const { done } = await world.runs.resume(run, world.audience);
			isAway = true;
			away.resolve();
			await expect(done).rejects.toMatchObject({ code: 'store_away' });
			isAway = false;
			away = Promise.withResolvers();
			await expect.poll(() => world.runs.live(run)).toBeNull();
		}
		expect(await triesOf(store, run)).toBe(1);
	});

	it('and waits for a person each time is not given up', async () => {
		const store = createMemoryStore();
		const team = teamOf(['a', 'b'], { tieBreak: 'requester', deadlines: { choiceMs: null, runMs: 9e8 } });
		const own = (id: string, name: string) => actingAgent(id, ordinaryAct(id, name));
		const agents = [own('a', 'agent1'), own('b', 'agent2')];
		const first = runWorld(agents, { store });
		const { id } = await first.ask(team, { canAsk: true });
		await first.clock.advance(1_000);
		for (let life = 0; life < 2 * MOST_TRIES; life += 1) {
			const world = runWorld(agents, { store });
			await world.runs.resume(id, { ...world.audience, canAsk: true });
			expect(await triesOf(store, id)).toBe(0);
		}
	});
});

describe('runs that may be what the process died over', () => {
	it('are taken up one after the other, after all others', async () => {
		const store = createMemoryStore();
		const ids: string[] = [];
		for (let count = 0; count < 3; count += 1) ids.push(await leftRun(store));
		const [sound = '', first = '', second = ''] = ids;
		const tries = (key: string, count: number) =>
			({ type: 'put', kind: 'tries', key, value: { tries: count } }) as const;
		await store.commit([tries(second, 4), tries(first, 3)]);
		const { bot, runs } = botWorld([hanging()], { store });
		await bot.recover();
		await expect.poll(() => runs.live(first)).not.toBeNull();
		expect([runs.live(sound) !== null, runs.live(second)]).toEqual([true, null]);
		await runs.live(first)?.signal({ type: 'cancel', by: null });
		await expect.poll(() => runs.live(second)).not.toBeNull();
		expect(await triesOf(store, second)).toBe(5);
	});

	it('are tried alone by whoever finds them, and the next when the one before has got on', async () => {
		const store = createMemoryStore();
		const [first, second] = [await leftRun(store), await leftRun(store)];
		const tries = (key: string) => ({ type: 'put', kind: 'tries', key, value: { tries: 3 } }) as const;
		await store.commit([tries(first), tries(second)]);
		const { runs, audience } = runWorld([hanging()], { store });
		const going = await runs.resume(first, audience);
		await expect(runs.resume(second, audience)).rejects.toMatchObject({ code: 'run_held' });
		expect(await triesOf(store, second)).toBe(3);
		await going.signal({ type: 'cancel', by: null });
		await going.done;
		expect((await runs.resume(second, audience)).id).toBe(second);
	});
});
