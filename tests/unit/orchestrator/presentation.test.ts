import { describe, expect, test } from 'vitest';
import { resultOf } from '../../../src/orchestrator/ending.ts';
import { agreeOn, type Play, play, RESTART, rulesOf } from './play.ts';

function presenting(rules: Parameters<typeof play>[1] = {}): Play {
	const game = play('abc', rules);
	agreeOn(game, 'b');
	return game;
}

const storedOf = (game: Play) => game.agent('b').answer?.content;

describe('rule 8: the winner presents', () => {
	test('case 6A 10: what it presents is the result', () => {
		const game = presenting();
		game.presents('the result');
		expect(game.effects()).toEqual(['finish']);
		expect(game.state().presented).toEqual({ agent: 'b', content: 'the result', source: 'model' });
		expect(resultOf(game.state())).toEqual({ outcome: 'answered', answer: 'the result', winner: 'b' });
		expect(game.state().shortfalls).toEqual([]);
	});

	test.each(['', ' \n'])(
		'case 103, 6A 9: an empty presentation (%j) is replaced by the stored answer, and said',
		(text) => {
			const game = presenting();
			game.presents(text);
			expect(game.state().presented).toEqual({ agent: 'b', content: storedOf(game), source: 'stored' });
			expect(game.state().shortfalls).toEqual(['presentation_empty']);
			expect(resultOf(game.state()).outcome).toBe('answered');
		},
	);

	test('case 6A 11: an empty presentation with nothing stored leaves the run without an answer, and says why', () => {
		const game = play('a', { skipCoordination: true });
		game.presents('');
		expect(resultOf(game.state())).toEqual({ outcome: 'failed', answer: null, winner: null });
		expect(game.state().shortfalls).toEqual(['presentation_empty', 'agent_out']);
	});

	test('without coordination the next agent is asked when one presents nothing or is late', () => {
		const game = play('ab', { skipCoordination: true });
		game.presents('');
		expect(game.effects()).toEqual(['present b:1']);
		game.passes('presentation', 'b');
		expect(game.effects()).toContain('finish');
		expect(resultOf(game.state()).outcome).toBe('failed');
		expect(game.state().shortfalls).toEqual(['presentation_empty', 'agent_out', 'presentation_deadline']);
	});

	test('a presentation that fails is tried again up to the cap, then the stored answer stands in', () => {
		const game = presenting({ failureLimit: 3, restarts: 1 });
		game.fails('b');
		expect(game.now().effects).toEqual([{ type: 'present', agent: 'b', attempt: 4, failures: 1 }]);
		game.fails('b');
		expect(game.now().effects).toEqual([{ type: 'present', agent: 'b', attempt: 5, failures: 2 }]);
		game.fails('b');
		expect(game.effects()).toEqual(['finish']);
		expect(game.state().presented).toMatchObject({ content: storedOf(game), source: 'stored' });
		expect(game.state().shortfalls).toEqual(['agent_out', 'presentation_failed']);
	});

	test('failures while coordinating do not count against the presentation', () => {
		const game = play('a', { failureLimit: 2 });
		game.answers('a');
		game.fails('a');
		game.votes('a', 'a');
		game.fails('a');
		expect(game.effects()).toEqual(['present a:5']);
	});

	test('after a run was cut a failing presentation is not tried again: the stored answer stands in', () => {
		const game = play('a', { failureLimit: 2 });
		game.answers('a');
		game.fails('a');
		game.passes('run');
		expect(game.now().effects.at(-1)).toEqual({ type: 'present', agent: 'a', attempt: 4, failures: 0 });
		game.fails('a');
		expect(game.effects()).toEqual(['finish']);
		expect(game.state().presented).toMatchObject({ agent: 'a', source: 'stored' });
	});

	test('a fatal failure of the presentation is not tried again', () => {
		const game = presenting();
		game.fails('b', true);
		expect(game.effects()).toEqual(['finish']);
		expect(game.state().presented?.source).toBe('stored');
	});

	test('a presentation of an older attempt or by another agent is ignored', () => {
		const game = presenting();
		game.fails('b');
		const before = game.state();
		for (const [agent, attempt] of [
			['b', 3],
			['a', 4],
			['a', 2],
		] as const) {
			expect(game.send({ type: 'presented', agent, attempt, content: 'late' }).state).toBe(before);
			expect(game.send({ type: 'deadline', scope: 'presentation', agent, attempt }).state).toBe(before);
		}
	});
});

describe('review', () => {
	test('case 99, 6A 1: there is no review by default', () => {
		expect(rulesOf().restarts).toBe(0);
		const game = presenting();
		game.presents('the result');
		expect(game.state().phase.type).toBe('finished');
	});

	test('case 99: the winner reviews while restarts are left; submit ends the run', () => {
		const game = presenting({ restarts: 1 });
		game.presents('the result');
		expect(game.effects()).toEqual(['review b:4']);
		game.reviews({ type: 'submit' });
		expect(game.effects()).toEqual(['finish']);
		expect(resultOf(game.state())).toEqual({ outcome: 'answered', answer: 'the result', winner: 'b' });
	});

	test('case 99, 6A 2: two restarts make three orchestrations, and the last is not reviewed', () => {
		const game = presenting({ restarts: 2 });
		for (const orchestration of [2, 3]) {
			game.presents(`result ${orchestration - 1}`);
			expect(game.state().phase.type).toBe('reviewing');
			game.reviews(RESTART);
			expect(game.state().orchestration).toBe(orchestration);
			agreeOn(game, 'b');
		}
		game.presents('result 3');
		expect(game.effects()).toEqual(['finish']);
		expect(resultOf(game.state()).answer).toBe('result 3');
	});

	test.each([
		['fails', (game: Play) => game.fails('b')],
		['runs out of time', (game: Play) => game.passes('turn', 'b')],
		['is overtaken by the run’s deadline', (game: Play) => game.passes('run')],
		['is overtaken by the budget', (game: Play) => game.passes('budget')],
	])('case 99: a review that %s submits', (_, end) => {
		const game = presenting({ restarts: 1 });
		game.presents('the result');
		end(game);
		expect(game.effects().at(-1)).toBe('finish');
		expect(resultOf(game.state())).toEqual({ outcome: 'answered', answer: 'the result', winner: 'b' });
	});

	test('case 100, 6A 6: a restart begins anew and keeps the reason, the instructions and the previous answer', () => {
		const game = presenting({ restarts: 1 });
		game.presents('first result');
		game.reviews(RESTART);
		expect(game.effects()).toEqual(['start a:3 answer', 'start b:5 answer', 'start c:3 answer']);
		expect(game.state()).toMatchObject({
			phase: { type: 'coordinating' },
			orchestration: 2,
			closing: null,
			presented: null,
			firstAnswerDue: false,
			shortfalls: [],
			feedback: {
				reason: 'it misses the point',
				instructions: 'answer the question',
				previousAnswer: 'first result',
				previousWinner: 'b',
			},
		});
		for (const agent of game.state().agents) expect(agent).toMatchObject({ answer: null, vote: null, out: null });
	});

	test('after a restart labels go on counting, so none names two texts', () => {
		const game = presenting({ restarts: 1 });
		game.presents('first');
		game.reviews(RESTART);
		agreeOn(game, 'c');
		expect(game.state().closing?.tally.map(({ agent, version }) => `${agent}.${version}`)).toEqual([
			'c.2',
			'a.2',
			'b.2',
		]);
	});

	test('failures, shortfalls and deadlines of the first orchestration do not weigh on the next', () => {
		const game = play('abc', { restarts: 1 });
		game.answers('a');
		game.fails('b', true);
		game.passes('first_answer');
		game.votes('a', 'a');
		game.votes('c', 'a');
		game.fails('a');
		game.presents('first');
		game.reviews(RESTART);
		expect(game.state()).toMatchObject({ firstAnswerDue: false, shortfalls: [] });
		expect(game.state().agents.map((agent) => agent.failures)).toEqual([0, 0, 0]);
	});

	test('an agent that was out takes part again after a restart', () => {
		const game = play('ab', { failureLimit: 1, restarts: 1 });
		game.answers('a');
		game.fails('b');
		game.votes('a', 'a');
		game.presents('first');
		game.reviews(RESTART);
		expect(game.pending()).toEqual(['start a:5 answer', 'start b:2 answer']);
	});

	test('an orchestration that ends without an answer gives back the previous one, as a partial result', () => {
		const game = presenting({ restarts: 1, failureLimit: 1 });
		game.presents('first result');
		game.reviews(RESTART);
		for (const id of 'abc') game.fails(id);
		expect(resultOf(game.state())).toEqual({ outcome: 'partial', answer: 'first result', winner: 'b' });
		expect(game.state().presented?.source).toBe('stored');
	});
});

describe('skipped coordination', () => {
	const skip = (ids: string, rules: Parameters<typeof play>[1] = {}) => play(ids, { skipCoordination: true, ...rules });

	test('case 102: the first agent presents; there are no votes', () => {
		const game = skip('abc');
		expect(game.effects()).toEqual(['present a:1']);
		expect(game.state().closing).toEqual({ by: 'skipped', tally: [], votes: [], winner: 'a', tie: null });
		game.presents('quick');
		expect(resultOf(game.state())).toEqual({ outcome: 'answered', answer: 'quick', winner: 'a' });
		expect(game.state().shortfalls).toEqual([]);
	});

	test('an agent that fails for good hands over to the next, and the last one ends the run', () => {
		const game = skip('ab', { failureLimit: 2 });
		game.fails('a');
		expect(game.effects()).toEqual(['present a:2']);
		game.fails('a');
		expect(game.effects()).toEqual(['present b:1']);
		expect(game.state().closing?.winner).toBe('b');
		game.fails('b', true);
		expect(game.effects()).toEqual(['finish']);
		expect(resultOf(game.state())).toEqual({ outcome: 'failed', answer: null, winner: null });
	});

	test('a restart presents again', () => {
		const game = skip('ab', { restarts: 1 });
		game.presents('first');
		game.reviews(RESTART);
		expect(game.effects()).toEqual(['present a:3']);
		game.presents('second');
		expect(resultOf(game.state())).toEqual({ outcome: 'answered', answer: 'second', winner: 'a' });
	});

	test.each([
		['presents nothing', (game: Play) => game.presents('')],
		['fails', (game: Play) => game.fails('a', true)],
		['runs out of time', (game: Play) => game.passes('presentation', 'a')],
		['runs out of budget', (game: Play) => game.passes('budget')],
	])('a second try that %s gives back the previous answer, as a partial result', (_, end) => {
		const game = skip('a', { restarts: 1 });
		game.presents('first');
		game.reviews(RESTART);
		end(game);
		expect(game.effects().at(-1)).toBe('finish');
		expect(resultOf(game.state())).toEqual({ outcome: 'partial', answer: 'first', winner: 'a' });
	});
});
