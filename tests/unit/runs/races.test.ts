import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { BotError } from '../../../src/core/errors.ts';
import { plainShowing } from '../../../src/core/run.ts';
import type { Store } from '../../../src/core/store.ts';
import { aCall, actingAgent, hang, ordinaryAct, ordinaryOutcome } from '../../support/acting-agent.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { runWorld, teamOf } from '../../support/run-world.ts';
import { mortalStore } from './mortal-store.ts';

const unhandled: unknown[] = [];
const keep = (reason: unknown) => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', keep));
afterAll(() => {
	process.off('unhandledRejection', keep);
	expect(unhandled).toEqual([]);
});

/** A store that takes `lags` milliseconds to say that a commit was made. */
function slowWorld(lags: readonly number[], agents: Parameters<typeof runWorld>[0]) {
	const clock = createManualClock();
	return runWorld(agents, { clock, store: mortalStore(createMemoryStore(), { death: null, lags, clock }) });
}

describe('on a slow disk', () => {
	it('a turn that became moot before its start was durable is never begun', async () => {
		const a = actingAgent('a', ordinaryAct('a'));
		const b = actingAgent('b', ordinaryAct('b'));
		const world = slowWorld([400], [a, b]);
		const opening = world.ask(teamOf(['a', 'b'], { schedule: 'eager' }));
		for (let i = 0; i < 8; i += 1) await world.clock.advance(400);
		expect(await (await opening).done).toBe('finished');
		expect(a.turns.map((turn) => turn.attempt)).toEqual([1, 3, 4]);
		expect(world.of('turn_aborted')).toEqual([expect.objectContaining({ agent: 'a', attempt: 2 })]);
	});

	it('events come in the order of the journal, whichever commit is acknowledged first', async () => {
		const agents = ['a', 'b', 'c'].map((id) => actingAgent(id, ordinaryAct(id)));
		const world = slowWorld([300, 5, 200, 0], agents);
		const opening = world.ask(teamOf(['a', 'b', 'c']));
		for (let i = 0; i < 12; i += 1) await world.clock.advance(300);
		const run = await opening;
		expect(await run.done).toBe('finished');
		expect(world.events).toEqual(await world.runs.events(run.id));
	});

	it('a stop to the process while the end is being written lets the run end', async () => {
		const world = slowWorld([100], [actingAgent('a', ordinaryAct('a'))]);
		const opening = world.ask(teamOf(['a']));
		for (let i = 0; i < 3; i += 1) await world.clock.advance(100);
		const run = await opening;
		expect(world.of('presented')).toEqual([]);
		const suspended = run.suspend();
		await world.clock.advance(100);
		await suspended;
		expect(await run.done).toBe('finished');
		expect(world.of('run_finished')).toHaveLength(1);
	});
});

describe('model calls of aborted turns', () => {
	it('belong to the agent that made them, whatever aborted them', async () => {
		const agents = ['a', 'b'].map((id) => actingAgent(id, (_, signal) => hang(signal)));
		const world = runWorld(agents);
		const run = await world.ask(teamOf(['a', 'b'], { deadlines: { runMs: 60_000 } }));
		await world.clock.advance(60_000);
		await run.done;
		expect(
			world
				.of('model_called')
				.map((event) => event.agent)
				.toSorted(),
		).toEqual(['a', 'b']);
		expect(world.of('run_finished')[0]?.spend.modelCalls).toBe(2);
	});

	it('are counted even when the turn takes its time to end', async () => {
		const clock = createManualClock();
		const slow = actingAgent('slow', async function* (_, signal) {
			await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
			await new Promise<void>((resolve) => clock.after(900, resolve));
			yield { type: 'failed', code: 'aborted', message: 'aborted', fatal: false, calls: [aCall] };
		});
		const a = actingAgent('a', (turn, signal) => (turn.kind === 'present' ? hang(signal) : ordinaryOutcome(turn, 'a')));
		const world = runWorld([slow, a], { clock });
		const run = await world.ask(teamOf(['slow', 'a'], { deadlines: { turnMs: 1_000, presentationMs: 5_000 } }));
		await world.clock.advance(10_000);
		await run.done;
		expect(world.of('model_called').map((event) => event.agent)).toContain('slow');
		expect(world.of('run_finished')[0]?.spend.modelCalls).toBe(world.of('model_called').length);
	});

	it('are counted when the run ends by itself a moment later', async () => {
		const clock = createManualClock();
		const slow = actingAgent('slow', async function* (turn, signal) {
			if (turn.kind !== 'evaluate' || turn.attempt > 2) return yield ordinaryOutcome(turn, 'slow', 'agent2');
			await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
			await new Promise<void>((resolve) => clock.after(100, resolve));
			yield { type: 'failed', code: 'aborted', message: 'aborted', fatal: false, calls: [aCall] };
		});
		const improver = actingAgent('improver', (turn) => {
			if (turn.kind === 'present')
				return { type: 'failed', code: 'gone', message: 'Gone.', fatal: true, calls: [aCall] };
			if (turn.kind === 'evaluate' && turn.attempt === 2)
				return { type: 'answered', content: 'better', calls: [aCall] };
			return ordinaryOutcome(turn, 'improver', 'agent2');
		});
		const world = runWorld([slow, improver], { clock });
		const run = await world.ask(teamOf(['slow', 'improver']));
		await clock.advance(1_000);
		expect(await run.done).toBe('finished');
		expect(world.of('run_finished')[0]).toMatchObject({ answer: 'better', spend: { modelCalls: 7 } });
		expect(clock.pending()).toBe(0);
	});

	it('are counted once when two people stop the run at the same moment, and nothing follows the end', async () => {
		const world = runWorld(['a', 'b'].map((id) => actingAgent(id, (_, signal) => hang(signal))));
		const run = await world.ask(teamOf(['a', 'b']));
		await world.clock.advance(1);
		const stops = await Promise.all([
			run.signal({ type: 'cancel', by: null }),
			run.signal({ type: 'cancel', by: null }),
		]);
		expect(stops.filter(Boolean)).toHaveLength(1);
		expect(await run.done).toBe('finished');
		const events = await world.runs.events(run.id);
		expect(events.at(-1)).toMatchObject({ type: 'run_finished', outcome: 'stopped', spend: { modelCalls: 2 } });
		expect(world.clock.pending()).toBe(0);
	});
});

describe('a budget that is used up', () => {
	it('begins no further turn, not even for a moment', async () => {
		const agents = ['a', 'b'].map((id) => actingAgent(id, ordinaryAct(id)));
		const world = runWorld(agents);
		const run = await world.ask(teamOf(['a', 'b'], { budget: { modelCalls: 2 } }));
		await run.done;
		expect(agents.flatMap((agent) => agent.turns).map((turn) => turn.kind)).toEqual(['answer', 'answer']);
	});

	it('ends the run when it is found so by the process that takes the run up', async () => {
		const disk = createMemoryStore();
		const clock = createManualClock();
		const dying = mortalStore(disk, { death: { commit: 3, when: 'after' }, lags: [0], clock });
		const first = runWorld(
			['a', 'b'].map((id) => actingAgent(id, ordinaryAct(id))),
			{ store: dying },
		);
		const run = await first.ask(teamOf(['a', 'b'], { budget: { modelCalls: 2 } }));
		await dying.died;
		const agents = ['a', 'b'].map((id) => actingAgent(id, ordinaryAct(id)));
		const second = runWorld(agents, { store: disk });
		await (await second.runs.resume(run.id, second.audience)).done;
		expect(agents.flatMap((agent) => agent.turns)).toEqual([]);
		expect(second.of('run_finished')[0]).toMatchObject({ outcome: 'partial', answer: 'answer of a' });
	});
});

describe('an agent that breaks its contract', () => {
	it('by an outcome that does not belong to its turn has failed that turn', async () => {
		const confused = actingAgent('a', (turn) =>
			turn.kind === 'answer'
				? { type: 'reviewed', verdict: { type: 'submit' }, calls: [aCall] }
				: ordinaryOutcome(turn, 'a'),
		);
		const world = runWorld([confused]);
		const run = await world.ask(teamOf(['a'], { deadlines: { turnMs: null, firstAnswerMs: null, runMs: null } }));
		for (let i = 0; i < 5; i += 1) await world.clock.advance(10_000);
		expect(await run.done).toBe('finished');
		expect(world.of('agent_failed').at(-1)).toMatchObject({ agent: 'a', code: 'bug', out: true });
		expect(world.of('run_finished')[0]?.spend.modelCalls).toBe(3);
	});

	it('by not ending after an abort does not hold up a stop for ever', async () => {
		const world = runWorld([
			actingAgent('deaf', async function* () {
				await new Promise(() => {});
				yield { type: 'text_delta', text: '' };
			}),
		]);
		const run = await world.ask(teamOf(['deaf']));
		await world.clock.advance(1);
		const suspended = run.suspend();
		await world.clock.advance(5_000);
		await suspended;
		expect(await run.done).toBe('suspended');
		expect(world.clock.pending()).toBe(0);
	});

	it('by throwing a secret does not tell it', async () => {
		const key = 'sk-proj-abcdefghijklmnop';
		const world = runWorld([
			actingAgent('a', () => {
				throw new Error(`401 for Bearer ${key}: no access with ${key}`);
			}),
		]);
		const run = await world.ask(teamOf(['a'], { failureLimit: 1 }));
		await run.done;
		expect(world.of('agent_failed')[0]?.message).toContain('401');
		expect(JSON.stringify(await world.runs.events(run.id))).not.toContain(key);
	});
});

describe('a run that cannot go on', () => {
	it('because a commit failed with others behind it: shows nothing of them and leaves no timer', async () => {
		const store = createMemoryStore();
		let commits = 0;
		const failing: Store = {
			...store,
			async commit(changes) {
				commits += 1;
				if (commits === 3) throw new BotError('store_full', 'disk full');
				return store.commit(changes);
			},
		};
		const agents = () => ['a', 'b', 'c'].map((id) => actingAgent(id, ordinaryAct(id)));
		const world = runWorld(agents(), { store: failing });
		const run = await world.ask(teamOf(['a', 'b', 'c']));
		await expect(run.done).rejects.toMatchObject({ code: 'store_full' });
		expect(world.events).toEqual(await world.runs.events(run.id));
		expect(world.of('answer_given')).toHaveLength(1);
		await world.clock.advance(0);
		expect(world.clock.pending()).toBe(0);
		expect(world.runs.live(run.id)).toBeNull();
		const again = await world.runs.resume(run.id, world.audience);
		expect(await again.done).toBe('finished');
	});

	it('because who watches it throws: says so, and can be taken up', async () => {
		const world = runWorld([actingAgent('a', ordinaryAct('a'))]);
		const broken = {
			canAsk: false,
			publish: () => {
				throw new Error('the screen is gone');
			},
		};
		const run = await world.runs.start(
			{
				id: 'r1',
				session: 'test:t:c:1',
				question: 'Why?',
				retryOf: null,
				history: [],
				digest: null,
				team: teamOf(['a']),
				showing: plainShowing,
				attachments: [],
				requester: null,
				files: null,
			},
			broken,
		);
		await expect(run.done).rejects.toThrow('the screen is gone');
		await world.clock.advance(0);
		expect(world.clock.pending()).toBe(0);
		expect(await (await world.runs.resume(run.id, world.audience)).done).toBe('finished');
	});
});

describe('closing', () => {
	it('waits until the agents of suspended runs are closed', async () => {
		let closed = false;
		const agent = {
			...actingAgent('a', (_, signal) => hang(signal)),
			async close() {
				await new Promise((resolve) => setImmediate(resolve));
				closed = true;
			},
		};
		const world = runWorld([agent]);
		const run = await world.ask(teamOf(['a']));
		await world.clock.advance(1);
		await world.runs.close();
		expect(await run.done).toBe('suspended');
		expect(closed).toBe(true);
	});
});
