import { describe, expect, test } from 'vitest';
import { judge, overlap } from '../../../src/orchestrator/judge.ts';
import { mayAnswer } from '../../../src/orchestrator/state.ts';
import { agreeOn, type Play, play, RESTART } from './play.ts';

/** `given` has answered, `other` too; what is said of an answer that `other` proposes in its evaluation? */
function verdictOn(content: string, given: string, rules: Parameters<typeof play>[1] = {}) {
	const game = play('ab', rules);
	game.answers('a', given);
	game.answers('b', 'something else entirely');
	return judge(game.state(), game.agent('b'), { type: 'answered', content });
}

const words = (from: number, to: number) =>
	Array.from({ length: to - from }, (_, index) => `w${from + index}`).join(' ');

describe('rule 5: answers that say nothing new are refused', () => {
	test.each(['', ' ', '\n\t '])('case 92: an empty answer (%j) is refused, first or later', (content) => {
		const game = play('ab');
		expect(game.answers('a', content).refused).toBe('empty_answer');
		expect(game.agent('a').answer).toBeNull();
		expect(verdictOn(content, 'x')).toBe('empty_answer');
	});

	test('an answer that repeats another, or its author’s own, is refused on every attempt', () => {
		const game = play('ab', { failureLimit: 4 });
		game.answers('a', 'the text');
		game.answers('b', 'my text');
		for (const text of ['the text', '  the text\n', 'my text']) {
			expect(game.answers('b', text).refused).toBe('duplicate_answer');
		}
		expect(game.agent('b')).toMatchObject({ accepted: 1, failures: 3, out: null });
	});

	test('first answers that coincide are both accepted', () => {
		const game = play('ab', { novelty: 'strict' });
		expect(game.answers('a', '42').refused).toBeNull();
		expect(game.answers('b', '42').refused).toBeNull();
		expect(game.pending()).toEqual(['start a:2 evaluate', 'start b:2 evaluate']);
	});

	test.each([
		['/tmp/run7/workspace1/out.txt', '/srv/workspace2/out.txt'],
		['/data/workspaces/agent1/src/a.ts', '/data/workspaces/agent2/src/a.ts'],
		['/tmp/temp_workspaces/b/agent1/notes.md', '/workspace/notes.md'],
		['/home/me/workspace_3fa9c2/notes.md', '/home/me/workspace2-77b1/notes.md'],
		['/workspace1', '/workspace2'],
	])('case 91: a duplicate but for the workspace path is refused (%s, %s)', (mine, theirs) => {
		expect(verdictOn(`I wrote ${mine}.`, `I wrote ${theirs}.`)).toBe('duplicate_answer');
	});

	test.each([
		['/workspace1/a.ts', '/workspace1/b.ts'],
		['/etc/hosts', '/etc/passwd'],
		['/docs/agent1.md', '/docs/agent2.md'],
		['/agentic/a', '/agency/a'],
		['https://one.example/agents', 'https://two.example/agents'],
	])('paths that differ in more than the workspace make a new answer (%s, %s)', (mine, theirs) => {
		expect(verdictOn(`I wrote ${mine}.`, `I wrote ${theirs}.`)).toBeNull();
	});

	test('judging takes time in proportion to the text, whatever it looks like', () => {
		const paths = '/a'.repeat(200_000);
		const started = performance.now();
		expect(verdictOn(paths, `${paths}/b`)).toBeNull();
		expect(performance.now() - started).toBeLessThan(3_000);
	});

	test('lenient: anything but a duplicate is new', () => {
		expect(verdictOn(`${words(0, 100)} x`, words(0, 100), { novelty: 'lenient' })).toBeNull();
	});

	test.each([
		['case 90: balanced accepts an overlap of exactly 0.70', 'balanced', 7, 10, null],
		['case 90: balanced refuses an overlap above it', 'balanced', 71, 100, 'not_novel'],
		['case 90: balanced refuses the same words in another order', 'balanced', 10, 10, 'not_novel'],
		['case 90: strict accepts an overlap of exactly 0.50', 'strict', 5, 10, null],
		['case 90: strict refuses 0.51', 'strict', 51, 100, 'not_novel'],
	] as const)('%s', (_, novelty, shared, all, expected) => {
		const given = words(0, all);
		const proposed = `${words(0, shared).split(' ').toReversed().join(' ')} ${words(0, 1)}`;
		expect(overlap(proposed, given)).toBe(shared / all);
		expect(verdictOn(proposed, given, { novelty })).toBe(expected);
	});

	test('overlap ignores case and repetition, and is symmetric', () => {
		expect(overlap('Red red GREEN', 'green blue')).toBe(1 / 3);
		expect(overlap('green blue', 'Red red GREEN')).toBe(1 / 3);
		expect(overlap('a', 'b')).toBe(0);
		expect(overlap(' a ', 'A\n')).toBe(1);
		expect(overlap(' ', '')).toBe(1);
	});

	test('a near-duplicate of one’s own answer is refused too', () => {
		const game = play('ab', { novelty: 'balanced' });
		game.answers('a', words(0, 10));
		game.answers('b', 'unrelated');
		expect(game.answers('a', `${words(0, 9)} new`).refused).toBe('not_novel');
	});
});

describe('the answer limit', () => {
	const atLimit = (limit: number): Play => {
		const game = play('ab', { answerLimit: limit });
		game.answers('a');
		game.answers('b');
		for (let given = 1; given < limit; given += 1) game.answers('a');
		return game;
	};

	test.each([1, 2, 3])('case 89: with a limit of %i one answer more is refused, and a vote is taken', (limit) => {
		const game = atLimit(limit);
		expect(mayAnswer(game.state(), game.agent('a'))).toBe(false);
		expect(game.answers('a').refused).toBe('answer_limit');
		expect(game.agent('a').answer?.version).toBe(limit);
		expect(game.votes('a', 'a').refused).toBeNull();
	});

	test('case 108: the limit counts accepted answers only', () => {
		const game = play('ab', { answerLimit: 2 });
		game.answers('a', 'mine');
		game.answers('b', 'yours');
		game.answers('a', 'yours');
		game.answers('a', '');
		expect(mayAnswer(game.state(), game.agent('a'))).toBe(true);
		expect(game.answers('a', 'better').refused).toBeNull();
		expect(mayAnswer(game.state(), game.agent('a'))).toBe(false);
	});

	test('case 108: the limit counts anew after a restart, and labels go on', () => {
		const game = play('ab', { answerLimit: 1, restarts: 1 });
		agreeOn(game, 'a');
		game.presents('first');
		game.reviews(RESTART);
		expect(game.agent('a')).toMatchObject({ accepted: 0, answer: null });
		expect(game.answers('a').refused).toBeNull();
		expect(game.agent('a').answer?.version).toBe(2);
		expect(mayAnswer(game.state(), game.agent('a'))).toBe(false);
	});

	test('without a limit an agent may always answer', () => {
		const game = play('a', { answerLimit: null });
		for (let given = 0; given < 20; given += 1) expect(game.answers('a').refused).toBeNull();
		expect(mayAnswer(game.state(), game.agent('a'))).toBe(true);
	});
});
