import { describe, expect, test } from 'vitest';
import { resultOf } from '../../../src/orchestrator/ending.ts';
import { agreeOn, type Play, play, RESTART } from './play.ts';

describe('rule 9: the run’s deadline', () => {
	test('case 96: without an answer the run ends, and says so', () => {
		const game = play('ab');
		game.passes('run');
		expect(game.effects()).toEqual(['abort a:1 deadline', 'abort b:1 deadline', 'finish']);
		expect(resultOf(game.state())).toEqual({ outcome: 'failed', answer: null, winner: null });
		expect(game.state().shortfalls).toEqual(['run_deadline', 'below_quorum']);
	});

	test('case 96: with answers the best so far is presented, as a partial result', () => {
		const game = play('ab');
		game.answers('b');
		game.passes('run');
		expect(game.effects()).toEqual(['abort a:1 deadline', 'present b:2']);
		game.presents('what there is');
		expect(game.effects()).toEqual(['finish']);
		expect(resultOf(game.state())).toEqual({ outcome: 'partial', answer: 'what there is', winner: 'b' });
	});

	test('case 81: without votes the first registered with an answer wins', () => {
		const game = play('abc');
		game.answers('c');
		game.answers('b');
		game.passes('run');
		expect(game.state().closing).toMatchObject({
			by: 'run_deadline',
			winner: 'b',
			tie: { rule: 'order', tied: ['b', 'c'] },
		});
		expect(game.state().shortfalls).toEqual(['run_deadline', 'no_votes']);
	});

	test('case 97: only votes of the current epoch count', () => {
		const game = play('abc');
		for (const id of 'abc') game.answers(id);
		game.votes('a', 'a');
		game.votes('b', 'a');
		game.answers('c');
		game.votes('b', 'b');
		game.passes('run');
		expect(game.state().closing?.votes.map(({ agent, target }) => `${agent}${target}`)).toEqual(['bb']);
		expect(game.state().closing?.winner).toBe('b');
	});

	test('no review follows a run that was cut', () => {
		const game = play('a', { restarts: 3 });
		game.answers('a');
		game.passes('run');
		game.presents('done');
		expect(game.effects()).toEqual(['finish']);
	});

	test('while presenting: the stored answer stands in', () => {
		const game = play('a');
		game.answers('a', 'stored text');
		game.votes('a', 'a');
		game.passes('run');
		expect(game.effects()).toEqual(['abort present:a:3 deadline', 'finish']);
		expect(game.state().presented).toEqual({ agent: 'a', content: 'stored text', source: 'stored' });
	});

	test('a second one ends the presentation that the first allowed', () => {
		const game = play('ab');
		game.answers('a', 'stored text');
		game.passes('run');
		game.passes('run');
		expect(game.effects()).toEqual(['abort present:a:2 deadline', 'finish']);
		expect(resultOf(game.state())).toEqual({ outcome: 'partial', answer: 'stored text', winner: 'a' });
	});

	test('in a later orchestration without new answers, the previous answer is the result', () => {
		const game = play('ab', { restarts: 1 });
		agreeOn(game, 'b');
		game.presents('first result');
		game.reviews(RESTART);
		game.passes('run');
		expect(resultOf(game.state())).toEqual({ outcome: 'partial', answer: 'first result', winner: 'b' });
	});
});

describe('rule 9: the budget', () => {
	test('ends the coordination and gives the stored answer without one more call', () => {
		const game = play('ab', { restarts: 1 });
		game.answers('a');
		game.answers('b', 'voted text');
		game.votes('a', 'b');
		game.passes('budget');
		expect(game.effects()).toEqual(['abort b:2 budget', 'finish']);
		expect(resultOf(game.state())).toEqual({ outcome: 'partial', answer: 'voted text', winner: 'b' });
		expect(game.state().shortfalls).toEqual(['budget_exhausted']);
	});

	test('while presenting or choosing: the stored answer, at once', () => {
		const presenting = play('a');
		agreeOn(presenting, 'a');
		presenting.passes('budget');
		expect(presenting.effects()).toEqual(['abort present:a:3 budget', 'finish']);

		const choosing = play('ab', { tieBreak: 'requester' });
		choosing.answers('a', 'text of a');
		choosing.answers('b');
		choosing.votes('a', 'a');
		choosing.votes('b', 'b');
		choosing.passes('budget');
		expect(choosing.effects()).toEqual(['abort choose:1 budget', 'finish']);
		expect(resultOf(choosing.state())).toEqual({ outcome: 'partial', answer: 'text of a', winner: 'a' });
	});

	test('before any answer the run fails', () => {
		const game = play('ab');
		game.passes('budget');
		expect(resultOf(game.state())).toEqual({ outcome: 'failed', answer: null, winner: null });
	});

	test('after the run’s deadline ends the presentation', () => {
		const game = play('ab');
		game.answers('a', 'stored text');
		game.passes('run');
		game.passes('budget');
		expect(game.effects()).toEqual(['abort present:a:2 budget', 'finish']);
		expect(game.state().shortfalls).toEqual(expect.arrayContaining(['run_deadline', 'budget_exhausted']));
	});
});

describe('rule 9: deadlines of a turn and of a presentation', () => {
	test('a late presentation is replaced by the stored answer, and still reviewed', () => {
		const game = play('a', { restarts: 1 });
		game.answers('a', 'stored text');
		game.votes('a', 'a');
		game.passes('presentation', 'a');
		expect(game.effects()).toEqual(['abort present:a:3 deadline', 'review a:4']);
		expect(game.state().presented?.content).toBe('stored text');
		expect(game.state().shortfalls).toEqual(['presentation_deadline']);
	});

	test.each([
		['an older attempt', { scope: 'turn', agent: 'a', attempt: 1 }],
		['an agent that has nothing in flight', { scope: 'turn', agent: 'b', attempt: 2 }],
		['an unknown agent', { scope: 'turn', agent: 'z', attempt: 1 }],
		['nobody', { scope: 'turn' }],
		['a presentation that has not begun', { scope: 'presentation', agent: 'a', attempt: 2 }],
		['a choice that nobody was asked for', { scope: 'choice', orchestration: 1 }],
		['an unknown orchestration', { scope: 'first_answer' }],
	] as const)('a deadline of %s is ignored', (_, deadline) => {
		const game = play('ab');
		game.answers('a');
		game.answers('b');
		game.votes('b', 'a');
		const before = game.state();
		expect(game.send({ type: 'deadline', ...deadline })).toEqual({ state: before, effects: [], refused: null });
		expect(game.state()).toBe(before);
	});
});

describe('given up', () => {
	test('while coordinating: everything is aborted and the run has failed', () => {
		const game = play('ab');
		game.send({ type: 'given_up' });
		expect(game.pending()).toEqual([]);
		expect(resultOf(game.state())).toEqual({ outcome: 'failed', answer: null, winner: null });
		expect(game.state().shortfalls).toContain('given_up');
	});

	test('while presenting: the winner’s stored answer, in part', () => {
		const game = play('a');
		game.answers('a', 'stored text');
		game.votes('a', 'a');
		game.send({ type: 'given_up' });
		expect(resultOf(game.state())).toEqual({ outcome: 'partial', answer: 'stored text', winner: 'a' });
	});
});

describe('cancel', () => {
	const stopped = (game: Play) => {
		game.send({ type: 'cancel', by: null });
		expect(game.effects().at(-1)).toBe('finish');
		expect(game.pending()).toEqual([]);
		return { effects: game.effects().slice(0, -1), ...resultOf(game.state()) };
	};

	test('while coordinating: everything is aborted and there is no answer', () => {
		const game = play('ab');
		expect(stopped(game)).toEqual({
			effects: ['abort a:1 cancelled', 'abort b:1 cancelled'],
			outcome: 'stopped',
			answer: null,
			winner: null,
		});
		expect(game.state().shortfalls).toContain('cancelled');
	});

	test('while choosing: nobody has won', () => {
		const game = play('ab', { tieBreak: 'requester' });
		game.answers('a');
		game.answers('b');
		game.votes('a', 'a');
		game.votes('b', 'b');
		expect(stopped(game)).toEqual({
			effects: ['abort choose:1 cancelled'],
			outcome: 'stopped',
			answer: null,
			winner: null,
		});
	});

	test('while presenting: the winner’s stored answer', () => {
		const game = play('a');
		game.answers('a', 'stored text');
		game.votes('a', 'a');
		expect(stopped(game)).toMatchObject({ outcome: 'stopped', answer: 'stored text', winner: 'a' });
	});

	test('while reviewing: what was presented', () => {
		const game = play('a', { restarts: 1 });
		agreeOn(game, 'a');
		game.presents('the result');
		expect(stopped(game)).toMatchObject({ outcome: 'stopped', answer: 'the result', winner: 'a' });
	});

	test('after a restart: what was presented before it', () => {
		const game = play('ab', { restarts: 1 });
		agreeOn(game, 'b');
		game.presents('first result');
		game.reviews(RESTART);
		expect(stopped(game)).toMatchObject({ outcome: 'stopped', answer: 'first result', winner: 'b' });
	});

	test('of a finished run is ignored', () => {
		const game = play('a');
		agreeOn(game, 'a');
		game.presents('the result');
		const before = game.state();
		expect(game.send({ type: 'cancel', by: null }).state).toBe(before);
	});
});
