import { describe, expect, test } from 'vitest';
import { labelOf } from '../../../src/core/coordination.ts';
import { votable } from '../../../src/orchestrator/state.ts';
import { nameOf, type Play, play } from './play.ts';

function answered(ids: string, rules: Parameters<typeof play>[1] = {}): Play {
	const game = play(ids, rules);
	for (const id of ids) game.answers(id);
	return game;
}

describe('rule 2: vote or improve', () => {
	test('an evaluation sees the latest answer of every agent, its own included', () => {
		const game = answered('abc');
		game.answers('b');
		expect(game.state().agents.map((agent) => agent.turn?.seen)).toEqual(Array(3).fill({ a: 1, b: 2, c: 1 }));
	});

	test('the names that may be voted for are in the order of their numbers', () => {
		const ids = 'abcdefghijkl';
		const game = answered(ids);
		expect(votable(game.state(), game.agent('a'))).toEqual(ids.split('').map((_, index) => `agent${index + 1}`));
	});

	test('case 104: a name means the same agent whoever answers first', () => {
		const meaning = (order: string) => {
			const game = play('mz', { schedule: 'eager' });
			for (const id of order) game.answers(id);
			return game.state().agents.map(({ id, name, answer }) => [id, labelOf(name, answer?.version ?? 0)]);
		};
		expect(meaning('zm')).toEqual(meaning('mz'));
		const early = play('mz', { schedule: 'eager' });
		early.answers('z');
		expect(votable(early.state(), early.agent('z'))).toEqual([nameOf('mz', 'z')]);
	});

	test('case 83: a vote before there are answers is refused, and the next attempt may answer', () => {
		const game = play('ab');
		expect(game.votes('a', 'b').refused).toBe('no_answers');
		expect(game.effects()).toEqual(['start a:2 answer']);
		expect(game.answers('a').refused).toBeNull();
	});

	test('case 83: a vote instead of a first answer is refused also when others have answered', () => {
		const game = play('ab', { schedule: 'eager' });
		game.answers('a');
		expect(game.votes('b', 'a').refused).toBe('no_answers');
		expect(game.agent('b').failures).toBe(1);
	});

	test('case 84: a vote for an unknown name is refused', () => {
		const game = answered('ab');
		const step = game.send({ type: 'voted', agent: 'a', attempt: 2, target: 'agent9', reason: '' });
		expect(step.refused).toBe('unknown_agent');
		expect(game.effects()).toEqual(['start a:3 evaluate']);
	});

	test('a vote for a real id, or for an agent without an answer, is a vote for an unknown name', () => {
		const game = play('abc', { schedule: 'eager' });
		game.answers('a');
		expect(game.votes('a', 'c').refused).toBe('unknown_agent');
		const step = game.send({ type: 'voted', agent: 'a', attempt: 3, target: 'a', reason: '' });
		expect(step.refused).toBe('unknown_agent');
	});

	test('case 85: a vote for oneself counts', () => {
		const game = answered('ab');
		expect(game.votes('a', 'a').refused).toBeNull();
		game.votes('b', 'a');
		expect(game.state().closing?.tally[0]).toEqual({ agent: 'a', version: 1, votes: 2, voters: ['a', 'b'] });
	});

	test('a vote for oneself is refused when the rules say so', () => {
		const game = answered('ab', { selfVotes: false });
		expect(votable(game.state(), game.agent('a'))).toEqual([nameOf('ab', 'b')]);
		expect(game.votes('a', 'a').refused).toBe('self_vote');
		expect(game.votes('a', 'b').refused).toBeNull();
	});
});

describe('rule 3: a vote names an answer version', () => {
	test('a counted vote carries the version that its turn was shown', () => {
		const game = answered('ab');
		game.answers('b');
		game.votes('a', 'b', 'shorter');
		expect(game.agent('a').vote).toEqual({ target: 'b', version: 2, reason: 'shorter' });
	});

	test('case 94: a vote for a version the voter has not seen is refused', () => {
		const game = answered('abc');
		game.writes('c');
		game.answers('a');
		const step = game.votes('c', 'a');
		expect(step.refused).toBe('stale_vote');
		expect(game.agent('c').vote).toBeNull();
		expect(game.agent('c').turn?.seen).toEqual({ a: 2, b: 1, c: 1 });
	});

	test('a vote from an older epoch is refused even for an unchanged answer, and is nobody’s fault', () => {
		const game = answered('abc', { failureLimit: 1 });
		game.writes('c');
		game.answers('a');
		expect(game.votes('c', 'b').refused).toBe('stale_vote');
		expect(game.agent('c')).toMatchObject({ failures: 0, out: null });
	});

	test('a vote for an agent that had no answer when the turn began is refused as stale', () => {
		const game = play('abc', { schedule: 'eager' });
		game.answers('a');
		game.writes('a');
		game.answers('b');
		expect(game.votes('a', 'b').refused).toBe('stale_vote');
	});
});

describe('rule 4: a new answer starts a new epoch', () => {
	test('case 77: an answer after a vote voids it, and the voter runs again seeing the answer', () => {
		const game = answered('ab');
		game.votes('b', 'a');
		game.answers('a');
		expect(game.agent('b').vote).toBeNull();
		expect(game.effects()).toEqual(['start a:3 evaluate', 'start b:3 evaluate']);
		expect(game.agent('b').turn?.seen).toEqual({ a: 2, b: 1 });
	});

	test('case 78: of an answer and a vote at one moment the answer is kept and the vote dropped, in either order', () => {
		const voteFirst = answered('ab');
		voteFirst.votes('b', 'b');
		voteFirst.answers('a');
		expect(voteFirst.agent('b').vote).toBeNull();

		const answerFirst = answered('ab');
		answerFirst.answers('a');
		const before = answerFirst.state();
		const late = answerFirst.send({ type: 'voted', agent: 'b', attempt: 2, target: 'agent1', reason: '' });
		expect(late.state).toBe(before);
		expect(answerFirst.agent('a').answer?.version).toBe(2);
	});

	test('case 79: the author of a new answer evaluates again and must vote', () => {
		const game = answered('ab');
		game.answers('a');
		game.votes('b', 'a');
		expect(game.state().phase.type).toBe('coordinating');
		expect(game.pending()).toEqual(['start a:3 evaluate']);
		game.votes('a', 'a');
		expect(game.effects()).toEqual(['present a:4']);
	});

	test.each(['gathered', 'eager'] as const)(
		'case 107: %s: an evaluation that a new answer makes moot is aborted and begins anew with it',
		(schedule) => {
			const game = answered('ab', { schedule });
			const attempt = game.agent('b').attempts;
			game.answers('a');
			expect(game.effects()).toContain(`abort b:${attempt} new_answer`);
			expect(game.effects()).toContain(`start b:${attempt + 1} evaluate`);
			expect(game.agent('b').turn?.seen).toEqual({ a: 2, b: 1 });
		},
	);

	test('gathered: a turn that writes an answer is not aborted, and the others wait for it', () => {
		const game = answered('abc');
		game.writes('b');
		expect(game.effects()).toEqual([]);
		game.answers('a');
		expect(game.effects()).toEqual(['abort c:2 new_answer']);
		expect(game.pending()).toEqual(['start b:2 evaluate']);
	});

	test('gathered: improvements made at the same time cost one restart', () => {
		const game = answered('abcd');
		for (const id of 'abc') game.writes(id);
		const starts: string[] = [];
		for (const id of 'abc') {
			game.answers(id);
			starts.push(...game.effects().filter((effect) => effect.startsWith('start')));
		}
		expect(starts).toEqual(['start a:3 evaluate', 'start b:3 evaluate', 'start c:3 evaluate', 'start d:3 evaluate']);
		expect(game.agent('d').turn?.seen).toEqual({ a: 2, b: 2, c: 2, d: 1 });
	});

	test.each([
		['fails', (game: Play) => game.fails('b')],
		['votes after all', (game: Play) => game.votes('b', 'c')],
		['has its answer refused', (game: Play) => game.answers('b', ' ')],
		['runs out of time', (game: Play) => game.passes('turn', 'b')],
	])('gathered: a writer that %s lets the others go on', (_, end) => {
		const game = answered('abc');
		game.writes('b');
		game.answers('a');
		end(game);
		expect(game.effects()).toEqual(expect.arrayContaining(['start a:3 evaluate', 'start c:3 evaluate']));
	});

	test('eager: the others do not wait for one that writes', () => {
		const game = answered('abc', { schedule: 'eager' });
		game.writes('b');
		game.answers('a');
		expect(game.pending()).toEqual(['start a:5 evaluate', 'start b:3 evaluate', 'start c:3 evaluate'].sort());
		expect(game.agent('b').turn?.writing).toBe(true);
	});

	test('an agent at its answer limit cannot claim to be writing', () => {
		const game = answered('ab', { answerLimit: 1 });
		const before = game.state();
		expect(game.writes('a').state).toBe(before);
	});

	test('writing is said once, and only of an evaluation', () => {
		const first = play('ab');
		expect(first.writes('a').state).toBe(first.state());
		expect(first.agent('a').turn?.writing).toBe(false);
		const game = answered('ab');
		game.writes('a');
		const before = game.state();
		expect(game.writes('a').state).toBe(before);
	});
});
