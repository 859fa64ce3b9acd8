import { describe, expect, test } from 'vitest';
import { quorum, resultOf } from '../../../src/orchestrator/ending.ts';
import { breakTie } from '../../../src/orchestrator/tally.ts';
import { agreeOn, type Play, play, RESTART } from './play.ts';

/** All answer in the order of `order`; then the votes are cast: `ab` is a's vote for b. */
function voted(order: string, votes: readonly string[], rules: Parameters<typeof play>[1] = {}): Play {
	const game = play([...order].sort().join(''), rules);
	for (const id of order) game.answers(id);
	for (const vote of votes) game.votes(vote.charAt(0), vote.charAt(1));
	return game;
}

describe('rule 7: plurality wins', () => {
	test('case 76: the vote closes when all have voted without a later answer', () => {
		const game = voted('abc', ['ab', 'bb']);
		expect(game.state().closing).toBeNull();
		game.votes('c', 'a');
		expect(game.effects()).toEqual(['present b:3']);
		expect(game.state().closing).toMatchObject({ by: 'all_voted', winner: 'b', tie: null });
	});

	test('case 80: two votes against one are a majority', () => {
		expect(voted('abc', ['ac', 'bc', 'ca']).state().closing).toMatchObject({ winner: 'c', tie: null });
	});

	test('case 80: a tie goes to the first registered, and the result says so', () => {
		const { closing } = voted('ba', ['ab', 'ba']).state();
		expect(closing).toMatchObject({ winner: 'a', tie: { rule: 'order', tied: ['a', 'b'] } });
	});

	test('a tie among some does not include those with fewer votes', () => {
		const { closing } = voted('abcde', ['ab', 'bb', 'ce', 'de', 'ea']).state();
		expect(closing).toMatchObject({ winner: 'b', tie: { rule: 'order', tied: ['b', 'e'] } });
		expect(closing?.tally.map(({ agent, votes }) => `${agent}${votes}`)).toEqual(['b2', 'e2', 'a1', 'c0', 'd0']);
	});

	test('tie rule earliest: the answer that was given first wins', () => {
		const { closing } = voted('bca', ['aa', 'bb', 'cc'], { tieBreak: 'earliest' }).state();
		expect(closing).toMatchObject({ winner: 'b', tie: { rule: 'earliest', tied: ['a', 'b', 'c'] } });
	});

	test('tie rule earliest: an improved answer is as old as its last version', () => {
		const game = voted('ba', [], { tieBreak: 'earliest' });
		game.answers('b');
		game.votes('a', 'a');
		game.votes('b', 'b');
		expect(game.state().closing).toMatchObject({ winner: 'a' });
	});

	test('the rules for ties pick nobody from nobody', () => {
		expect(breakTie(play('a').state(), [], 'order')).toBeNull();
		expect(breakTie(play('a').state(), [], 'earliest')).toBeNull();
	});

	test('each counted vote is in the closing with its version and reason', () => {
		const game = voted('ab', []);
		game.answers('b');
		game.votes('a', 'b', 'clearer');
		game.votes('b', 'b', 'mine');
		expect(game.state().closing?.votes).toEqual([
			{ agent: 'a', target: 'b', version: 2, reason: 'clearer' },
			{ agent: 'b', target: 'b', version: 2, reason: 'mine' },
		]);
	});
});

describe('tie rule requester', () => {
	const tied = () => voted('abc', ['aa', 'bb', 'cb', 'ca'].slice(0, 2), { tieBreak: 'requester', failureLimit: 1 });

	test('asks, waits, and takes the choice', () => {
		const game = tied();
		game.fails('c');
		expect(game.effects()).toEqual(['choose a,b']);
		expect(game.state().closing).toMatchObject({ winner: null, tie: null });
		game.send({ type: 'chosen', agent: 'b', orchestration: 1 });
		expect(game.effects()).toEqual(['present b:3']);
		expect(game.state().closing).toMatchObject({ winner: 'b', tie: { rule: 'requester', tied: ['a', 'b'] } });
	});

	test('a choice of somebody else, or without a tie, is ignored', () => {
		const game = tied();
		expect(game.send({ type: 'chosen', agent: 'a', orchestration: 1 }).state.phase.type).toBe('coordinating');
		game.fails('c');
		const before = game.state();
		expect(game.send({ type: 'chosen', agent: 'c', orchestration: 1 }).state).toBe(before);
		game.send({ type: 'chosen', agent: 'a', orchestration: 1 });
		const chosen = game.state();
		expect(game.send({ type: 'chosen', agent: 'b', orchestration: 1 }).state).toBe(chosen);
	});

	test('without a choice in time the first registered wins, and that is said', () => {
		const game = tied();
		game.fails('c');
		game.passes('choice');
		expect(game.effects()).toEqual(['abort choose:1 deadline', 'present a:3']);
		expect(game.state().closing?.tie).toEqual({ rule: 'order', tied: ['a', 'b'] });
		expect(game.state().shortfalls).toContain('choice_deadline');
	});

	test('the deadline of a choice in an earlier orchestration is ignored', () => {
		const game = play('ab', { tieBreak: 'requester', restarts: 1 });
		const tie = () => {
			for (const id of 'ab') game.answers(id);
			for (const id of 'ab') game.votes(id, id);
		};
		tie();
		game.send({ type: 'chosen', agent: 'b', orchestration: 1 });
		game.presents('first');
		game.reviews(RESTART);
		tie();
		const before = game.state();
		expect(before.phase.type).toBe('choosing');
		expect(game.send({ type: 'deadline', scope: 'choice', orchestration: 1 }).state).toBe(before);
	});

	test('a clear winner needs no choice', () => {
		expect(voted('abc', ['ab', 'bb', 'ca'], { tieBreak: 'requester' }).effects()).toEqual(['present b:3']);
	});

	test('a run cut short does not wait for a person', () => {
		const game = tied();
		game.passes('run');
		expect(game.effects().at(-1)).toBe('present a:3');
		expect(game.state().closing?.tie).toEqual({ rule: 'order', tied: ['a', 'b'] });
	});
});

describe('quorum', () => {
	const finished = (answering: string, rules: Parameters<typeof play>[1]) => {
		const game = play('abc', { failureLimit: 1, ...rules });
		for (const id of 'abc')
			if (answering.includes(id)) game.answers(id);
			else game.fails(id);
		for (const id of answering) game.votes(id, 'a');
		game.presents('done');
		return game.state();
	};

	test('by default one answer from every agent is needed for a full result', () => {
		expect(resultOf(finished('abc', {})).outcome).toBe('answered');
		const short = finished('ab', {});
		expect(quorum(short)).toEqual({ given: 2, needed: 3 });
		expect(short.shortfalls).toEqual(['agent_out', 'below_quorum']);
		expect(resultOf(short)).toEqual({ outcome: 'partial', answer: 'done', winner: 'a' });
	});

	test('a smaller quorum is enough, and the agent that is out is still said', () => {
		const state = finished('ab', { quorum: 2 });
		expect(state.shortfalls).toEqual(['agent_out']);
		expect(resultOf(state).outcome).toBe('answered');
	});

	test('a quorum larger than the team means the whole team', () => {
		expect(quorum(finished('abc', { quorum: 9 }))).toEqual({ given: 3, needed: 3 });
		expect(resultOf(finished('abc', { quorum: 9 })).outcome).toBe('answered');
	});

	test('the answers of the last orchestration count, not those before it', () => {
		const game = play('ab', { restarts: 1, failureLimit: 1 });
		agreeOn(game, 'a');
		game.presents('first');
		game.reviews(RESTART);
		game.answers('a');
		game.fails('b');
		game.votes('a', 'a');
		game.presents('second');
		expect(quorum(game.state())).toEqual({ given: 1, needed: 2 });
		expect(resultOf(game.state())).toEqual({ outcome: 'partial', answer: 'second', winner: 'a' });
	});
});

describe('rule 10: tallies stay hidden', () => {
	test('nothing that starts a turn tells of a vote, and there is no closing before the vote closes', () => {
		const game = voted('abc', ['ab', 'bb']);
		expect(game.state().closing).toBeNull();
		game.fails('c');
		expect(game.now().effects).toEqual([{ type: 'start', agent: 'c', attempt: 3, kind: 'evaluate', failures: 1 }]);
		expect(game.agent('c').turn).toEqual({
			attempt: 3,
			kind: 'evaluate',
			epoch: 3,
			seen: { a: 1, b: 1, c: 1 },
			writing: false,
		});
	});
});
