import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../../src/core/agent.ts';
import { aCall, actingAgent, hang, ordinaryAct, ordinaryOutcome } from '../../support/acting-agent.ts';
import { runWorld, teamOf } from '../../support/run-world.ts';

const failure = (fatal: boolean): AgentEvent => ({
	type: 'failed',
	code: 'overloaded',
	message: 'The provider is overloaded.',
	fatal,
	calls: [aCall],
});

describe('an agent that fails', () => {
	it('is tried again after a growing pause and is out after the cap, and the others decide (case 95)', async () => {
		const broken = actingAgent('broken', () => failure(false));
		const world = runWorld([broken, actingAgent('a', ordinaryAct('a')), actingAgent('b', ordinaryAct('b'))]);
		const run = await world.ask(teamOf(['broken', 'a', 'b']));
		for (let i = 0; i < 5; i += 1) await world.clock.advance(10_000);
		expect(await run.done).toBe('finished');
		expect(broken.turns).toHaveLength(3);
		expect(world.of('agent_failed').map((event) => event.out)).toEqual([false, false, true]);
		expect(world.of('run_finished')[0]).toMatchObject({
			outcome: 'partial',
			answers: 2,
			agents: 3,
			shortfalls: expect.arrayContaining(['agent_out', 'below_quorum']),
		});
	});

	it('is out at once when trying again cannot help', async () => {
		const broken = actingAgent('broken', () => failure(true));
		const world = runWorld([broken, actingAgent('a', ordinaryAct('a'))]);
		await (await world.ask(teamOf(['broken', 'a']))).done;
		expect(broken.turns).toHaveLength(1);
	});

	it('fails the run when it is the only one, with no answer and no winner', async () => {
		const world = runWorld([actingAgent('a', () => failure(true))]);
		await (await world.ask(teamOf(['a']))).done;
		expect(world.of('run_finished')[0]).toMatchObject({ outcome: 'failed', answer: null, winner: null });
	});

	it('that throws against its contract is treated as a failed turn', async () => {
		const broken = actingAgent('broken', () => {
			throw new Error('unexpected');
		});
		const world = runWorld([broken, actingAgent('a', ordinaryAct('a'))]);
		const run = await world.ask(teamOf(['broken', 'a']));
		for (let i = 0; i < 5; i += 1) await world.clock.advance(10_000);
		await run.done;
		expect(world.of('agent_failed').at(-1)).toMatchObject({ agent: 'broken', code: 'bug', out: true });
	});

	it('that is no longer configured is out and says so', async () => {
		const world = runWorld([actingAgent('a', ordinaryAct('a'))]);
		await (await world.ask(teamOf(['gone', 'a']))).done;
		expect(world.of('agent_failed')[0]).toMatchObject({ agent: 'gone', code: 'not_configured', out: true });
		expect(world.of('run_finished')[0]?.outcome).toBe('partial');
	});
});

describe('deadlines', () => {
	it('of the run without an answer: fails and says why (case 96)', async () => {
		const world = runWorld([actingAgent('a', (_, signal) => hang(signal))]);
		const run = await world.ask(teamOf(['a'], { deadlines: { runMs: 60_000 } }));
		await world.clock.advance(60_000);
		expect(await run.done).toBe('finished');
		expect(world.of('run_finished')[0]).toMatchObject({
			outcome: 'failed',
			shortfalls: ['run_deadline', 'below_quorum'],
		});
		expect(world.clock.pending()).toBe(0);
	});

	it('of the run with an answer: the best so far presents, with the votes of the current epoch (cases 96, 97)', async () => {
		const hanging = actingAgent('hanging', (turn, signal) =>
			turn.kind === 'evaluate' ? hang(signal) : ordinaryOutcome(turn, 'hanging'),
		);
		const world = runWorld([actingAgent('a', ordinaryAct('a', 'agent2')), hanging]);
		const run = await world.ask(teamOf(['a', 'hanging'], { deadlines: { runMs: 60_000 } }));
		await world.clock.advance(60_000);
		await run.done;
		expect(world.of('vote_closed')[0]).toMatchObject({
			by: 'run_deadline',
			votes: [{ agent: 'a', target: 'hanging' }],
		});
		const [finished] = world.of('run_finished');
		expect(finished).toMatchObject({ outcome: 'partial', winner: 'hanging', answer: 'final by hanging' });
		expect(finished?.spend.modelCalls).toBe(world.of('model_called').length);
	});

	it('of the first answer: evaluation starts without the late one, which takes part in it', async () => {
		const late = actingAgent('late', (turn, signal) =>
			turn.kind === 'answer' ? hang(signal) : ordinaryOutcome(turn, 'late', 'agent1'),
		);
		const world = runWorld([actingAgent('a', ordinaryAct('a')), late]);
		const run = await world.ask(teamOf(['a', 'late'], { deadlines: { firstAnswerMs: 5_000 } }));
		await world.clock.advance(5_000);
		await run.done;
		expect(late.turns.map((turn) => turn.kind)).toEqual(['answer', 'evaluate']);
		expect(world.of('run_finished')[0]?.shortfalls).toContain('first_answer_deadline');
	});

	it('of a turn: its agent is out', async () => {
		const stuck = actingAgent('stuck', (_, signal) => hang(signal));
		const world = runWorld([actingAgent('a', ordinaryAct('a')), stuck]);
		const run = await world.ask(teamOf(['a', 'stuck'], { deadlines: { turnMs: 5_000, firstAnswerMs: null } }));
		await world.clock.advance(5_000);
		await run.done;
		expect(world.of('agent_failed')[0]).toMatchObject({ agent: 'stuck', code: 'turn_deadline', out: true });
	});

	it('of a presentation: the stored answer is shown', async () => {
		const slow = actingAgent('a', (turn, signal) =>
			turn.kind === 'present' ? hang(signal) : ordinaryOutcome(turn, 'a'),
		);
		const world = runWorld([slow]);
		const run = await world.ask(teamOf(['a'], { deadlines: { presentationMs: 5_000 } }));
		await world.clock.advance(5_000);
		await run.done;
		expect(world.of('presented')[0]).toMatchObject({ source: 'stored', content: 'answer of a' });
		expect(world.of('run_finished')[0]?.shortfalls).toEqual(['presentation_deadline']);
	});
});

describe('a budget', () => {
	it.each([
		['model calls', { modelCalls: 3 }],
		['tokens', { tokens: 330 }],
		['money', { costMicroUsd: 15 }],
	])('of %s that is used up: the best so far is the result, without a further call', async (_, budget) => {
		const agents = ['a', 'b', 'c'].map((id) => actingAgent(id, ordinaryAct(id)));
		const world = runWorld(agents);
		const run = await world.ask(teamOf(['a', 'b', 'c'], { budget }));
		await run.done;
		const [finished] = world.of('run_finished');
		expect(finished).toMatchObject({ outcome: 'partial', answer: 'answer of a' });
		expect(finished?.shortfalls).toContain('budget_exhausted');
		expect(agents.flatMap((agent) => agent.turns).filter((turn) => turn.kind === 'present')).toEqual([]);
	});
});

describe('a tie for the requester', () => {
	const tied = () => ['a', 'b'].map((id, i) => actingAgent(id, ordinaryAct(id, `agent${2 - i}`)));

	it('waits for the choice and obeys it', async () => {
		const world = runWorld(tied());
		const run = await world.ask(teamOf(['a', 'b'], { tieBreak: 'requester' }), { canAsk: true });
		await world.clock.advance(1);
		expect(world.of('choice_requested')[0]?.candidates).toEqual(['a', 'b']);
		expect(await run.signal({ type: 'chosen', agent: 'b', orchestration: 1 })).toBe(true);
		await run.done;
		expect(world.of('winner_selected')[0]).toMatchObject({ agent: 'b', tie: { rule: 'requester' } });
		expect(await run.signal({ type: 'chosen', agent: 'a', orchestration: 1 })).toBe(false);
	});

	it('falls back to the order of the team when nobody can be asked, or nobody answers in time', async () => {
		for (const canAsk of [false, true]) {
			const world = runWorld(tied());
			const run = await world.ask(teamOf(['a', 'b'], { tieBreak: 'requester', deadlines: { choiceMs: 1_000 } }), {
				canAsk,
			});
			await world.clock.advance(1_000);
			await run.done;
			expect(world.of('winner_selected')[0]).toMatchObject({ agent: 'a', tie: { rule: 'order' } });
			expect(world.of('run_finished')[0]?.shortfalls).toEqual(['choice_deadline']);
		}
	});
});

describe('a stop', () => {
	it('ends the run for good and aborts what is in flight', async () => {
		const world = runWorld([actingAgent('a', (_, signal) => hang(signal))]);
		const run = await world.ask(teamOf(['a']));
		await world.clock.advance(1);
		expect(await run.signal({ type: 'cancel', by: null })).toBe(true);
		expect(await run.done).toBe('finished');
		expect(world.of('run_finished')[0]).toMatchObject({
			outcome: 'stopped',
			answer: null,
			shortfalls: ['cancelled', 'below_quorum'],
		});
		expect(world.of('run_finished')[0]?.spend.modelCalls).toBe(1);
	});
});
