import { describe, expect, test } from 'vitest';
import { agreeOn, play } from './play.ts';

describe('rule 1: first answers are independent', () => {
	test('every agent is started at once, for an answer, with nothing to see', () => {
		const game = play('abc');
		expect(game.effects()).toEqual(['start a:1 answer', 'start b:1 answer', 'start c:1 answer']);
		expect(game.state().agents.map((agent) => agent.turn?.seen)).toEqual([{}, {}, {}]);
	});

	test('gathered: nobody evaluates until everybody has answered', () => {
		const game = play('abc');
		game.answers('b');
		expect(game.effects()).toEqual([]);
		game.answers('a');
		expect(game.effects()).toEqual([]);
		game.answers('c');
		expect(game.effects()).toEqual(['start a:2 evaluate', 'start b:2 evaluate', 'start c:2 evaluate']);
	});

	test('gathered: an agent that failed for good is not waited for', () => {
		const game = play('abc');
		game.answers('a');
		game.answers('b');
		game.fails('c', true);
		expect(game.effects()).toEqual(['start a:2 evaluate', 'start b:2 evaluate']);
	});

	test('gathered: an agent that tries its first answer again is waited for', () => {
		const game = play('ab');
		game.answers('a');
		game.fails('b');
		expect(game.effects()).toEqual(['start b:2 answer']);
		game.answers('b');
		expect(game.effects()).toEqual(['start a:2 evaluate', 'start b:3 evaluate']);
	});

	test('eager: evaluation starts with the first answer, by those who have one', () => {
		const game = play('abc', { schedule: 'eager' });
		game.answers('b');
		expect(game.effects()).toEqual(['start b:2 evaluate']);
		expect(game.pending()).toEqual(['start a:1 answer', 'start b:2 evaluate', 'start c:1 answer']);
	});

	test('eager: a first answer being written is not aborted by another answer', () => {
		const game = play('abc', { schedule: 'eager' });
		game.answers('a');
		game.answers('b');
		expect(game.effects()).toEqual(['abort a:2 new_answer', 'start a:3 evaluate', 'start b:2 evaluate']);
		expect(game.pending()).toContain('start c:1 answer');
	});

	test('eager: an agent whose first turn failed writes its first answer still without seeing others', () => {
		const game = play('ab', { schedule: 'eager' });
		game.answers('a');
		game.fails('b');
		expect(game.effects()).toEqual(['start b:2 answer']);
		expect(game.agent('b').turn?.seen).toEqual({});
	});

	test.each([1, 2, 3, 4, 5, 6, 7, 8])('gathered: the ordinary run of %i agents starts 2N + 1 pieces of work', (n) => {
		const game = play('abcdefgh'.slice(0, n));
		const ids = game.state().agents.map((agent) => agent.id);
		const effects = [...game.effects()];
		const note = () => effects.push(...game.effects());
		for (const id of ids) {
			game.answers(id);
			note();
		}
		for (const id of ids) {
			game.votes(id, 'a');
			note();
		}
		game.presents('the result');
		note();
		expect(effects.filter((effect) => /^(start|present) /.test(effect))).toHaveLength(2 * n + 1);
		expect(effects.filter((effect) => effect.startsWith('abort'))).toEqual([]);
		expect(effects.at(-1)).toBe('finish');
	});

	test('case 106: one agent alone answers, votes for itself and presents', () => {
		const game = play('a', { selfVotes: false });
		const seen = [game.effects()];
		game.answers('a');
		seen.push(game.effects());
		game.votes('a', 'a');
		seen.push(game.effects());
		game.presents('done');
		seen.push(game.effects());
		expect(seen).toEqual([['start a:1 answer'], ['start a:2 evaluate'], ['present a:3'], ['finish']]);
		expect(game.state().shortfalls).toEqual([]);
	});
});

describe('the first-answer deadline', () => {
	test('ends the writing of first answers; all who are left evaluate what there is', () => {
		const game = play('abc');
		game.answers('a');
		game.answers('b');
		game.passes('first_answer');
		expect(game.effects()).toEqual([
			'abort c:1 deadline',
			'start a:2 evaluate',
			'start b:2 evaluate',
			'start c:2 evaluate',
		]);
		expect(game.agent('c').turn?.seen).toEqual({ a: 1, b: 1 });
		expect(game.state().shortfalls).toEqual(['first_answer_deadline']);
	});

	test('without any answer lets all go on until the first one is in', () => {
		const game = play('ab');
		game.passes('first_answer');
		expect(game.effects()).toEqual([]);
		expect(game.pending()).toEqual(['start a:1 answer', 'start b:1 answer']);
		game.answers('b');
		expect(game.effects()).toEqual(['abort a:1 new_answer', 'start a:2 evaluate', 'start b:2 evaluate']);
	});

	test('a late agent may vote without an answer of its own, and the missing answer is disclosed', () => {
		const game = play('ab');
		game.answers('a');
		game.passes('first_answer');
		game.votes('a', 'a');
		game.votes('b', 'a');
		expect(game.effects()).toEqual(['present a:3']);
		game.presents('done');
		expect(game.state().shortfalls).toEqual(['first_answer_deadline', 'below_quorum']);
	});

	test('a late agent may still answer: that answer is judged against those it has seen', () => {
		const game = play('ab');
		game.answers('a', 'same text');
		game.passes('first_answer');
		expect(game.answers('b', 'same text').refused).toBe('duplicate_answer');
		expect(game.answers('b', 'another text').refused).toBeNull();
		expect(game.agent('b').answer?.version).toBe(1);
	});

	test('says nothing when every agent has answered already', () => {
		const game = play('ab');
		game.answers('a');
		game.answers('b');
		game.passes('first_answer');
		expect(game.effects()).toEqual([]);
		expect(game.state().shortfalls).toEqual([]);
	});

	test('says nothing of an agent that is out anyway, and passes once', () => {
		const game = play('ab');
		game.answers('a');
		game.fails('b', true);
		game.passes('first_answer');
		expect(game.state().shortfalls).toEqual(['agent_out']);
		const before = game.state();
		expect(game.passes('first_answer').state).toBe(before);
	});

	test('a late agent cannot vote for the answer that it has not given', () => {
		const game = play('ab');
		game.answers('a');
		game.passes('first_answer');
		expect(game.votes('b', 'b').refused).toBe('unknown_agent');
	});

	test('eager: puts slow agents to evaluating too', () => {
		const game = play('ab', { schedule: 'eager' });
		game.answers('a');
		game.passes('first_answer');
		expect(game.effects()).toEqual(['abort b:1 deadline', 'start b:2 evaluate']);
		expect(game.pending()).toContain('start a:2 evaluate');
	});

	test('of an earlier orchestration is ignored', () => {
		const game = play('ab', { restarts: 1 });
		agreeOn(game, 'a');
		game.presents('first try');
		game.reviews({ type: 'restart', reason: 'r', instructions: 'i' });
		const before = game.state();
		expect(game.send({ type: 'deadline', scope: 'first_answer', orchestration: 1 }).state).toBe(before);
		game.passes('first_answer');
		expect(game.state().firstAnswerDue).toBe(true);
	});
});
