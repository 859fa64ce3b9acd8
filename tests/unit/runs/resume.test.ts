import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { AgentEvent, Turn } from '../../../src/core/agent.ts';
import { BotError } from '../../../src/core/errors.ts';
import type { Message } from '../../../src/core/message.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import type { Store } from '../../../src/core/store.ts';
import type { PlannedTask } from '../../../src/core/task-plan.ts';
import { readJournal } from '../../../src/runs/journal.ts';
import { aCall, actingAgent, hang, ordinaryAct, ordinaryOutcome } from '../../support/acting-agent.ts';
import { runWorld, teamOf } from '../../support/run-world.ts';

const team = teamOf(['a', 'b', 'c']);
const acting = () => ['a', 'b', 'c'].map((id) => actingAgent(id, ordinaryAct(id, 'agent2')));

/** The store of a process that dies at its n-th commit: before it, or after it was made and before anybody knew. */
function dyingStore(store: Store, at: number, when: 'before' | 'after'): Store & { died: Promise<void> } {
	const { promise: died, resolve } = Promise.withResolvers<void>();
	let commits = 0;
	return {
		...store,
		died,
		async commit(changes) {
			commits += 1;
			if (commits > at || (commits === at && when === 'before')) {
				resolve();
				return new Promise(() => {});
			}
			const result = await store.commit(changes);
			if (commits < at) return result;
			resolve();
			return new Promise(() => {});
		},
	};
}

const lasting = (events: readonly RunEvent[]) =>
	events
		.filter((event) => 'seq' in event && event.type !== 'run_resumed')
		.map(({ type, ...rest }) => ({ ...rest, type, run: '', seq: 0, at: 0, activeMs: 0 }));

describe('a run whose process dies', () => {
	const undisturbed = async () => {
		const world = runWorld(acting());
		await (await world.ask(team)).done;
		return lasting(world.events);
	};

	for (const when of ['before', 'after'] as const) {
		for (let at = 2; at <= 8; at += 1) {
			it(`${when} its journal write ${at} ends as if nothing had happened, and repeats no finished turn`, async () => {
				const store = createMemoryStore();
				const dying = dyingStore(store, at, when);
				const first = runWorld(acting(), { store: dying });
				const run = await first.ask(team);
				await dying.died;
				const agents = acting();
				const second = runWorld(agents, { store });
				const found = await second.runs.unfinished();
				if (at === 8 && when === 'after') {
					expect(found).toEqual([]);
					expect(lasting(await second.runs.events(run.id))).toEqual(await undisturbed());
					return;
				}
				expect(found.map((record) => record.id)).toEqual([run.id]);
				const resumed = await second.runs.resume(run.id, second.audience);
				expect(await resumed.done).toBe('finished');
				expect(lasting(second.events)).toEqual(await undisturbed());
				const done = when === 'before' ? at - 2 : at - 1;
				expect(agents.flatMap((agent) => agent.turns)).toHaveLength(7 - done);
			});
		}
	}
});

describe('a suspended run', () => {
	it('records nothing more, and is taken up by the same process', async () => {
		let hanging = true;
		const agent = actingAgent('a', (turn, signal) =>
			turn.kind === 'evaluate' && hanging ? hang(signal) : ordinaryOutcome(turn, 'a'),
		);
		const world = runWorld([agent]);
		const run = await world.ask(teamOf(['a']));
		await world.clock.advance(1);
		await run.suspend();
		expect(await run.done).toBe('suspended');
		hanging = false;
		const again = await world.runs.resume(run.id, world.audience);
		expect(await again.done).toBe('finished');
		expect(agent.turns.map((turn) => turn.kind)).toEqual(['answer', 'evaluate', 'evaluate', 'present']);
		expect(world.of('run_resumed')).toHaveLength(1);
		await expect(world.runs.resume(run.id, world.audience)).rejects.toMatchObject({ code: 'input_invalid' });
		await expect(world.runs.resume('nope', world.audience)).rejects.toMatchObject({ code: 'run_unknown' });
	});

	it('does not count the time in which nobody held it towards its deadline', async () => {
		const world = runWorld([actingAgent('a', (_, signal) => hang(signal))]);
		const run = await world.ask(teamOf(['a'], { deadlines: { runMs: 60_000 } }));
		await world.clock.advance(40_000);
		await run.suspend();
		await world.clock.advance(3_600_000);
		const again = await world.runs.resume(run.id, world.audience);
		await world.clock.advance(10_000);
		expect(world.of('run_finished')).toEqual([]);
		await world.clock.advance(60_000);
		expect(await again.done).toBe('finished');
	});
});

describe('a turn with saved progress', () => {
	const step = (text: string): Message[] => [
		{ role: 'assistant', text, toolCalls: [{ id: 'c1', name: 'look', arguments: '{}' }] },
		{ role: 'tool', callId: 'c1', name: 'look', text: 'seen', isError: false },
	];
	const saved = (text: string): AgentEvent => ({ type: 'saved', messages: step(text), calls: [aCall], repliesUsed: 1 });

	it('continues after its last saved point and counts its calls once', async () => {
		let fresh = true;
		const agent = actingAgent('a', async function* (turn, signal) {
			if (turn.kind === 'answer' && fresh) {
				fresh = false;
				yield saved('one');
				yield saved('two');
				yield* hang(signal);
			} else yield ordinaryOutcome(turn, 'a');
		});
		const world = runWorld([agent]);
		const run = await world.ask(teamOf(['a']));
		await world.clock.advance(1);
		await run.suspend();
		await (await world.runs.resume(run.id, world.audience)).done;
		const continued = agent.turns[1] as Turn;
		expect(continued).toMatchObject({ attempt: 1, repliesUsed: 1, updated: false });
		expect(continued.transcript).toEqual([...step('one'), ...step('two')]);
		expect(world.of('run_finished')[0]?.spend.modelCalls).toBe(5);
	});

	it('that newer answers made moot goes on with its work and is told of them (case 93)', async () => {
		let improve = () => {};
		const improving = new Promise<void>((resolve) => {
			improve = resolve;
		});
		let round = 0;
		const worker = actingAgent('worker', async function* (turn, signal) {
			if (turn.kind !== 'evaluate') return yield ordinaryOutcome(turn, 'worker');
			round += 1;
			if (round > 1) return yield ordinaryOutcome(turn, 'worker');
			yield saved('work');
			improve();
			yield* hang(signal);
		});
		const improver = actingAgent('improver', async function* (turn) {
			if (turn.kind === 'evaluate' && turn.answers.every((answer) => answer.version === 1)) {
				await improving;
				yield { type: 'answered', content: 'better', calls: [aCall] };
			} else yield ordinaryOutcome(turn, 'improver');
		});
		const world = runWorld([worker, improver]);
		await (await world.ask(teamOf(['worker', 'improver']))).done;
		const evaluations = worker.turns.filter((turn) => turn.kind === 'evaluate');
		expect(evaluations[1]).toMatchObject({ updated: true, transcript: step('work') });
		expect(evaluations[1]?.answers.map((answer) => answer.content)).toContain('better');
	});
});

describe('a task plan', () => {
	it('is there for the next turn and after a restart, and is told of each time it changes', async () => {
		const store = createMemoryStore();
		const task = { id: 'look', description: 'Look', dependsOn: [] };
		const plan: PlannedTask[] = [{ ...task, status: 'pending' }];
		const done: PlannedTask[] = [{ ...task, status: 'completed' }];
		const planner = actingAgent('a', async function* (turn, signal) {
			const point = { type: 'saved', messages: [], calls: [], repliesUsed: 0 } as const;
			if (turn.kind === 'answer') yield { ...point, plan };
			if (turn.kind === 'evaluate') {
				yield point;
				yield { ...point, plan: done };
				yield* hang(signal);
			} else yield ordinaryOutcome(turn, 'a');
		});
		const first = runWorld([planner], { store });
		const run = await first.ask(teamOf(['a']));
		await first.clock.advance(1);
		await run.suspend();
		expect(planner.turns.map((turn) => turn.plan)).toEqual([[], plan]);
		const next = actingAgent('a', ordinaryAct('a'));
		const second = runWorld([next], { store });
		await (await second.runs.resume(run.id, second.audience)).done;
		expect(next.turns.map((turn) => turn.plan)).toEqual([done, done]);
		const told = second.of('plan_changed');
		expect(told.map(({ agent, tasks }) => [agent, tasks])).toEqual([
			['a', plan],
			['a', done],
		]);
		expect(first.of('plan_changed')).toEqual(told);
	});
});

describe('a journal that cannot be written', () => {
	it('because another process took the run over: this one leaves it quietly and writes nothing (fencing)', async () => {
		const store = createMemoryStore();
		const stuck = actingAgent('a', (_, signal) => hang(signal));
		const first = runWorld([stuck], { store });
		const run = await first.ask(teamOf(['a'], { deadlines: { runMs: 1_000 } }));
		const second = runWorld([actingAgent('a', ordinaryAct('a'))], { store });
		const taken = await second.runs.resume(run.id, second.audience);
		expect(await taken.done).toBe('finished');
		const length = (await readJournal(store, run.id)).length;
		await first.clock.advance(1_000);
		expect(await run.done).toBe('suspended');
		expect(await readJournal(store, run.id)).toHaveLength(length);
		expect(first.of('run_finished')).toEqual([]);
	});

	it('because the disk is full: the run stops with that error and can be resumed', async () => {
		const store = createMemoryStore();
		let full = false;
		const limited: Store = {
			...store,
			async commit(changes) {
				if (full) throw new BotError('store_full', 'disk full');
				return store.commit(changes);
			},
		};
		const agent = actingAgent('a', async function* (turn) {
			if (turn.kind === 'evaluate') full = true;
			yield ordinaryOutcome(turn, 'a');
		});
		const world = runWorld([agent], { store: limited });
		const run = await world.ask(teamOf(['a']));
		await expect(run.done).rejects.toMatchObject({ code: 'store_full' });
		full = false;
		const calm = runWorld([actingAgent('a', ordinaryAct('a'))], { store });
		expect(await (await calm.runs.resume(run.id, calm.audience)).done).toBe('finished');
		expect(calm.of('run_finished')[0]?.outcome).toBe('answered');
	});
});
