import { describe, expect, it } from 'vitest';
import type { AgentEvent, Turn } from '../../../src/core/agent.ts';
import { aCall, actingAgent, ordinaryAct, ordinaryOutcome } from '../../support/acting-agent.ts';
import { runWorld, teamOf } from '../../support/run-world.ts';

const restart: AgentEvent = {
	type: 'reviewed',
	verdict: { type: 'restart', reason: 'too thin', instructions: 'add figures' },
	calls: [aCall],
};
const reviewing = (id: string, verdicts: readonly AgentEvent[]) => {
	const left = [...verdicts];
	return actingAgent(id, (turn) =>
		turn.kind === 'review' ? (left.shift() ?? ordinaryOutcome(turn, id)) : ordinaryOutcome(turn, id),
	);
};
const kinds = (turns: readonly Turn[]) => turns.map((turn) => turn.kind);
const solo = ['answer', 'evaluate', 'present'];

describe('a review', () => {
	it('does not take place unless restarts are allowed (cases 1, 99)', async () => {
		const agent = actingAgent('a', ordinaryAct('a'));
		const world = runWorld([agent]);
		await (await world.ask(teamOf(['a']))).done;
		expect(world.of('run_started')[0]?.rules.restarts).toBe(0);
		expect(kinds(agent.turns)).toEqual(solo);
		expect(world.of('reviewed')).toEqual([]);
	});

	it('with two restarts allows three orchestrations, and the last one is not reviewed (cases 2, 99)', async () => {
		const agent = reviewing('a', [restart, restart, restart]);
		const world = runWorld([agent]);
		await (await world.ask(teamOf(['a'], { restarts: 2 }))).done;
		expect(kinds(agent.turns)).toEqual([...solo, 'review', ...solo, 'review', ...solo]);
		expect(world.of('agent_started').at(-1)?.orchestration).toBe(3);
		expect(world.of('reviewed')).toHaveLength(2);
		expect(world.of('run_finished')[0]?.outcome).toBe('answered');
	});

	it('that objects begins a new orchestration with neither winner nor answers (case 6)', async () => {
		const world = runWorld([reviewing('a', [restart]), actingAgent('b', ordinaryAct('b'))]);
		await (await world.ask(teamOf(['a', 'b'], { restarts: 1 }))).done;
		const after = world.events.slice(world.events.findIndex((event) => event.type === 'reviewed') + 1);
		const started = after.filter((event) => event.type === 'agent_started');
		expect(started.slice(0, 2)).toMatchObject([
			{ agent: 'a', kind: 'answer', seen: [], orchestration: 2 },
			{ agent: 'b', kind: 'answer', seen: [], orchestration: 2 },
		]);
		expect(after.filter((event) => event.type === 'winner_selected')).toHaveLength(1);
		expect(after.find((event) => event.type === 'answer_given')).toMatchObject({ label: 'agent1.2', version: 2 });
	});

	it('that objects is told to everybody, with the answer it objected to (case 100)', async () => {
		const agents = [reviewing('a', [restart]), actingAgent('b', ordinaryAct('b'))];
		const world = runWorld(agents);
		await (await world.ask(teamOf(['a', 'b'], { restarts: 1 }))).done;
		for (const { turns } of agents) {
			const [first, second] = turns.filter((turn) => turn.kind === 'answer');
			expect(first?.feedback).toBeNull();
			expect(second?.feedback).toMatchObject({
				orchestration: 2,
				reason: 'too thin',
				instructions: 'add figures',
				previousAnswer: 'final by a',
			});
		}
	});
});

describe('a team', () => {
	it('that skips coordination has its first agent present, without votes (case 102)', async () => {
		const agents = ['a', 'b'].map((id) => actingAgent(id, ordinaryAct(id)));
		const world = runWorld(agents);
		await (await world.ask(teamOf(['a', 'b'], { skipCoordination: true }))).done;
		expect(agents.map((agent) => kinds(agent.turns))).toEqual([['present'], []]);
		expect(world.of('vote_closed')).toEqual([]);
		expect(world.of('winner_selected')[0]).toMatchObject({ agent: 'a', label: null, votes: 0 });
		expect(world.of('run_finished')[0]).toMatchObject({ outcome: 'answered', answer: 'final by a' });
	});

	it('of one agent answers, votes for itself and presents: three model calls (case 106)', async () => {
		const agent = actingAgent('a', ordinaryAct('a'));
		const world = runWorld([agent]);
		await (await world.ask(teamOf(['a'], { selfVotes: false }))).done;
		expect(kinds(agent.turns)).toEqual(solo);
		expect(world.of('vote_closed')[0]?.votes).toMatchObject([{ agent: 'a', target: 'a' }]);
		expect(world.of('run_finished')[0]?.spend.modelCalls).toBe(3);
	});
});

it('an empty presentation shows the stored answer and says so (case 103)', async () => {
	const silent = actingAgent('a', (turn) =>
		turn.kind === 'present' ? { type: 'answered', content: ' \n', calls: [aCall] } : ordinaryOutcome(turn, 'a'),
	);
	const world = runWorld([silent]);
	await (await world.ask(teamOf(['a']))).done;
	expect(world.of('presented')[0]).toMatchObject({ content: 'answer of a', source: 'stored' });
	expect(world.of('run_finished')[0]).toMatchObject({ answer: 'answer of a', shortfalls: ['presentation_empty'] });
});

it('an agent whose vote is overtaken by a new answer votes again having seen it (case 107)', async () => {
	let improve = () => {};
	const improving = new Promise<void>((resolve) => {
		improve = resolve;
	});
	const voter = actingAgent('voter', async function* (turn, signal) {
		if (turn.kind === 'evaluate' && turn.attempt === 2) {
			const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
			improve();
			await aborted;
		}
		yield ordinaryOutcome(turn, 'voter', 'agent2');
	});
	const improver = actingAgent('improver', async function* (turn) {
		if (turn.kind === 'evaluate' && turn.attempt === 2) {
			await improving;
			yield { type: 'answered', content: 'better', calls: [aCall] };
		} else yield ordinaryOutcome(turn, 'improver', 'agent2');
	});
	const world = runWorld([voter, improver]);
	await (await world.ask(teamOf(['voter', 'improver']))).done;
	const evaluations = voter.turns.filter((turn) => turn.kind === 'evaluate');
	expect(evaluations.map((turn) => turn.answers.some((answer) => answer.content === 'better'))).toEqual([false, true]);
	expect(world.of('vote_cast').filter((event) => event.agent === 'voter')).toHaveLength(1);
	expect(world.of('vote_closed')[0]?.tally[0]).toMatchObject({ agent: 'improver', label: 'agent2.2', votes: 2 });
});

it('the answer limit counts accepted answers only, and anew after a restart (case 108)', async () => {
	const offers: boolean[] = [];
	const agent = actingAgent('a', (turn) => {
		if (turn.kind === 'review') return restart;
		if (turn.kind !== 'evaluate') return ordinaryOutcome(turn, `a, ${turn.attempt}`);
		offers.push(turn.mayAnswer);
		const copies = offers.length % 3 === 1;
		if (copies) return { type: 'answered', content: turn.answers[0]?.content ?? '', calls: [aCall] };
		if (turn.mayAnswer) return { type: 'answered', content: `better, ${turn.attempt}`, calls: [aCall] };
		return ordinaryOutcome(turn, 'a');
	});
	const world = runWorld([agent]);
	const run = await world.ask(teamOf(['a'], { answerLimit: 2, restarts: 1 }));
	for (let i = 0; i < 5; i += 1) await world.clock.advance(10_000);
	await run.done;
	expect(offers).toEqual([true, true, false, true, true, false]);
	expect(world.of('answer_refused').map((event) => event.refusal)).toEqual(['duplicate_answer', 'duplicate_answer']);
	expect(world.of('answer_given')).toHaveLength(4);
});
