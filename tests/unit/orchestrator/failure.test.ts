import { describe, expect, test } from 'vitest';
import { resultOf } from '../../../src/orchestrator/ending.ts';
import { pending } from '../../../src/orchestrator/pending.ts';
import { type Play, play } from './play.ts';

const failuresOf = (game: Play, id: string) =>
	pending(game.state()).flatMap((work) => (work.type === 'start' && work.agent === id ? [work.failures] : []));

describe('rule 6: failure leaves the quorum', () => {
	test('case 95: an agent that always fails stops at the cap and is not waited for', () => {
		const game = play('ab', { failureLimit: 3 });
		game.answers('a');
		game.fails('b');
		expect(failuresOf(game, 'b')).toEqual([1]);
		game.fails('b');
		expect(failuresOf(game, 'b')).toEqual([2]);
		game.fails('b');
		expect(game.agent('b').out).toEqual({ code: 'overloaded', message: 'try later' });
		expect(game.effects()).toEqual(['start a:2 evaluate']);
		expect(game.state().shortfalls).toEqual(['agent_out']);
		game.votes('a', 'a');
		expect(game.effects()).toEqual(['present a:3']);
	});

	test('case 88: a turn that ended without a valid call is that agent’s failure and nobody else’s', () => {
		const game = play('abc');
		game.fails('b', true);
		expect(game.pending()).toEqual(['start a:1 answer', 'start c:1 answer']);
		expect(game.agent('a').failures).toBe(0);
	});

	test('a fatal failure is not tried again', () => {
		const game = play('ab', { failureLimit: 9 });
		game.fails('a', true);
		expect(game.agent('a').out?.code).toBe('overloaded');
		expect(game.effects()).toEqual([]);
	});

	test('only failures in a row count', () => {
		const game = play('ab', { failureLimit: 2 });
		game.fails('a');
		game.answers('a');
		game.answers('b');
		game.fails('a');
		expect(game.agent('a').out).toBeNull();
		game.votes('a', 'b');
		game.answers('b');
		expect(failuresOf(game, 'a')).toEqual([0]);
	});

	test('refused outcomes count as failures, so an agent that insists is out', () => {
		const game = play('ab', { failureLimit: 3 });
		game.answers('a', 'text');
		game.answers('b', 'other');
		for (let times = 0; times < 3; times += 1) expect(game.answers('b', 'text').refused).toBe('duplicate_answer');
		expect(game.agent('b').out).toMatchObject({
			code: 'refused',
			message: expect.stringContaining('duplicate_answer'),
		});
	});

	test('an abort is not a failure', () => {
		const game = play('ab', { failureLimit: 1, answerLimit: null });
		game.answers('a');
		game.answers('b');
		for (let times = 0; times < 5; times += 1) game.answers('a');
		expect(game.agent('b')).toMatchObject({ failures: 0, out: null, attempts: 7 });
	});

	test('the earlier answer of an agent that is out can still win; it is presented as it is', () => {
		const game = play('ab', { failureLimit: 1 });
		game.answers('a');
		game.answers('b', 'the better text');
		game.fails('b');
		game.votes('a', 'b');
		expect(game.effects()).toEqual(['finish']);
		expect(resultOf(game.state())).toEqual({ outcome: 'answered', answer: 'the better text', winner: 'b' });
		expect(game.state().presented?.source).toBe('stored');
		expect(game.state().shortfalls).toEqual(['agent_out', 'presentation_failed']);
	});

	test('an agent that fails for good while all others have voted closes the vote', () => {
		const game = play('ab', { failureLimit: 1 });
		game.answers('a');
		game.answers('b');
		game.votes('a', 'a');
		game.fails('b');
		expect(game.effects()).toEqual(['present a:3']);
		expect(game.state().closing?.by).toBe('all_voted');
	});

	test('case 82: when all fail without an answer the run is over and has none', () => {
		const game = play('ab', { failureLimit: 1 });
		game.fails('a');
		game.fails('b');
		expect(game.effects()).toEqual(['finish']);
		expect(resultOf(game.state())).toEqual({ outcome: 'failed', answer: null, winner: null });
		expect(game.state().closing).toMatchObject({ by: 'all_failed', winner: null, tally: [] });
	});

	test('when all fail and there are answers, the best so far is the partial result', () => {
		const game = play('ab', { failureLimit: 1 });
		game.answers('a', 'the one answer');
		game.answers('b');
		game.fails('b');
		game.fails('a');
		expect(resultOf(game.state())).toEqual({ outcome: 'partial', answer: 'the one answer', winner: 'a' });
		expect(game.state().shortfalls).toContain('no_votes');
	});

	test('a turn that runs out of time puts its agent out at once', () => {
		const game = play('ab', { failureLimit: 5 });
		game.answers('a');
		game.passes('turn', 'b');
		expect(game.effects()).toEqual(['abort b:1 deadline', 'start a:2 evaluate']);
		expect(game.agent('b').out?.code).toBe('turn_deadline');
		expect(game.state().shortfalls).toEqual(['turn_deadline', 'agent_out']);
	});
});
