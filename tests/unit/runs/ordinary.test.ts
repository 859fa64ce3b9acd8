import { describe, expect, it } from 'vitest';
import { plainShowing } from '../../../src/core/run.ts';
import { readJournal } from '../../../src/runs/journal.ts';
import { actingAgent, hang, ordinaryAct, ordinaryOutcome } from '../../support/acting-agent.ts';
import { noApprovals } from '../../support/no-approvals.ts';
import { plainAudit } from '../../support/plain-audit.ts';
import { runWorld, teamOf } from '../../support/run-world.ts';

describe('a run', () => {
	it.each([1, 2, 3, 5, 8])('of %i agents costs exactly 2N + 1 model calls', async (n) => {
		const agents = Array.from({ length: n }, (_, i) => actingAgent(`a${i}`, ordinaryAct(`a${i}`)));
		const world = runWorld(agents);
		const run = await world.ask(teamOf(agents.map((agent) => agent.id)));
		expect(await run.done).toBe('finished');
		const [finished] = world.of('run_finished');
		expect(finished).toMatchObject({ outcome: 'answered', answer: 'final by a0', winner: 'a0', shortfalls: [] });
		expect(finished?.spend).toMatchObject({ modelCalls: 2 * n + 1, costMicroUsd: 5 * (2 * n + 1) });
		expect(world.of('model_called')).toHaveLength(2 * n + 1);
	});

	it('tells what happened once, numbered without gaps, and hides the tally until the vote is closed', async () => {
		const agents = ['a', 'b'].map((id) => actingAgent(id, ordinaryAct(id)));
		const world = runWorld(agents);
		const run = await world.ask(teamOf(['a', 'b']));
		await run.done;
		expect(world.events.map((event) => event.type)).toEqual([
			'run_started',
			'agent_started',
			'agent_started',
			'model_called',
			'answer_given',
			'model_called',
			'answer_given',
			'agent_started',
			'agent_started',
			'model_called',
			'vote_cast',
			'model_called',
			'vote_cast',
			'vote_closed',
			'winner_selected',
			'agent_started',
			'model_called',
			'presented',
			'run_finished',
		]);
		expect(world.events.map((event) => ('seq' in event ? event.seq : null))).toEqual(world.events.map((_, i) => i + 1));
		expect(JSON.stringify(world.of('vote_cast'))).not.toContain('agent1');
		expect(await world.runs.events(run.id)).toEqual(world.events);
	});

	it('writes one journal entry per outcome: 2N + 2 in the ordinary run', async () => {
		const agents = ['a', 'b', 'c'].map((id) => actingAgent(id, ordinaryAct(id)));
		const world = runWorld(agents);
		const run = await world.ask(teamOf(['a', 'b', 'c']));
		await run.done;
		expect(await readJournal(world.store, run.id)).toHaveLength(8);
	});

	it('aborts an evaluation that a new answer makes moot, at once, and counts what it had used', async () => {
		const fast = actingAgent('fast', ordinaryAct('fast', 'agent1'));
		let release = () => {};
		const released = new Promise<void>((resolve) => {
			release = resolve;
		});
		const slow = actingAgent('slow', async function* (turn) {
			if (turn.kind === 'answer') await released;
			yield ordinaryOutcome(turn, 'slow', 'agent1');
		});
		let evaluations = 0;
		const judge = actingAgent('judge', (turn, signal) => {
			if (turn.kind !== 'evaluate') return ordinaryOutcome(turn, 'judge');
			evaluations += 1;
			if (evaluations > 1) return ordinaryOutcome(turn, 'judge', 'agent1');
			setImmediate(release);
			return hang(signal);
		});
		const world = runWorld([fast, judge, slow]);
		const run = await world.ask(teamOf(['fast', 'judge', 'slow'], { schedule: 'eager' }));
		await run.done;
		expect(world.of('turn_aborted')).toContainEqual(expect.objectContaining({ agent: 'judge', reason: 'new_answer' }));
		const [finished] = world.of('run_finished');
		expect(finished?.spend.modelCalls).toBe(world.of('model_called').length);
		expect(finished?.outcome).toBe('answered');
	});

	it('gives every agent one anonymous name for the whole run and never puts real ids into a turn (case 104)', async () => {
		const agents = ['m', 'z'].map((id) => actingAgent(id, ordinaryAct(id)));
		const world = runWorld(agents);
		await (await world.ask(teamOf(['m', 'z']))).done;
		const [started] = world.of('run_started');
		const names = new Map(started?.members.map(({ id, name }) => [id, name]));
		for (const agent of agents) {
			for (const turn of agent.turns) {
				expect(turn.name).toBe(names.get(agent.id));
				for (const answer of turn.answers)
					expect(answer.content).toBe(`answer of ${[...names].find(([, n]) => n === answer.name)?.[0]}`);
			}
		}
	});

	it('shuffles the names by its random source', async () => {
		const { createRuns } = await import('../../../src/runs/runs.ts');
		const agents = ['a', 'b', 'c'].map((id) => actingAgent(id, ordinaryAct(id)));
		const world = runWorld(agents);
		const runs = createRuns({
			approvals: noApprovals,
			audit: plainAudit(world.store),
			store: world.store,
			clock: world.clock,
			random: () => 0,
			agentsOf: async () => new Map(agents.map((agent) => [agent.id, agent])),
		});
		const run = await runs.start(
			{
				id: 'r1',
				session: 's:t:c:1',
				question: 'Q',
				retryOf: null,
				history: [],
				digest: null,
				team: teamOf(['a', 'b', 'c']),
				showing: plainShowing,
				attachments: [],
				requester: null,
				files: null,
			},
			world.audience,
		);
		await run.done;
		const names = world.of('run_started')[0]?.members.map((member) => member.name);
		expect(names).not.toEqual(['agent1', 'agent2', 'agent3']);
		expect(names?.toSorted()).toEqual(['agent1', 'agent2', 'agent3']);
	});

	it.each(['', '   \n'])('refuses an empty question %j with a message for the person', async (question) => {
		const world = runWorld([actingAgent('a', ordinaryAct('a'))]);
		await expect(world.ask(teamOf(['a']), { question })).rejects.toMatchObject({
			code: 'input_invalid',
			userMessage: expect.stringContaining('empty'),
		});
	});

	it('takes a question of 100,000 characters and refuses one more', async () => {
		const world = runWorld([actingAgent('a', ordinaryAct('a'))]);
		const run = await world.ask(teamOf(['a']), { question: 'x'.repeat(100_000) });
		expect(await run.done).toBe('finished');
		await expect(world.ask(teamOf(['a']), { question: 'x'.repeat(100_001) })).rejects.toMatchObject({
			code: 'input_invalid',
			userMessage: expect.stringContaining('100,000'),
		});
	});
});
