import { describe, expect, it } from 'vitest';
import { commandsOf, refusalOf } from '../../../../src/adapters/tools/shell/command-rules.ts';

const judge = (line: string, blocked: readonly string[], allowed: readonly string[] | null = null) =>
	refusalOf(line, { allowed, blocked });

describe('which commands may run', () => {
	it.each([
		['ls -l', ['ls -l']],
		['a; b && c || d | e & f\ng', ['a', 'b', 'c', 'd', 'e', 'f', 'g']],
		['echo "a; b" \'c | d\'; e', ['echo "a; b" \'c | d\'', 'e']],
		['echo "it\'s"; rm x', ['echo "it\'s"', 'rm x']],
		['echo "$(date "+%s") x"; rm y', ['date "+%s"', 'echo "$() x"', 'rm y']],
		['echo `date "a;b"`; rm y', ['date "a;b"', 'echo ``', 'rm y']],
		['(cd a; rm b) && c', ['cd a', 'rm b', 'c']],
		['a "$(b "$(c; d)" e)" f; g', ['c', 'd', 'b "$()" e', 'a "$()" f', 'g']],
		['a $(b', ['a', 'b']],
		['diff <(sort a) >(tee b)', ['sort a', 'tee b', 'diff <() >()']],
		['if true; then rm x; fi', ['true', 'rm x', 'fi']],
		['A=1 B="2" sudo x', ['sudo x']],
		['! rm x', ['rm x']],
		['a \\; b', ['a \\; b']],
		["echo '$(rm x)'", ["echo '$(rm x)'"]],
	])('%j has the commands %j', (line, commands) => {
		expect(commandsOf(line)).toEqual(commands);
	});

	it('a blocked one is refused wherever it stands, and the reason names it and its pattern', () => {
		expect(judge('cd a && rm -rf b', ['rm -rf.*'])).toBe(
			'The command was not run: "rm -rf b" is blocked here (rm -rf.*).',
		);
		expect(judge('echo "$(curl x)"', ['curl'])).toContain('is blocked');
		expect(judge('echo rm -rf b', ['rm -rf.*'])).toBeNull();
	});

	it('with a list of allowed ones, every command of a line must be on it', () => {
		expect(judge('git status | grep "a|b"', [], ['git', 'grep'])).toBeNull();
		expect(judge('git status; make', [], ['git', 'grep'])).toBe(
			'The command was not run: "make" is not among the allowed commands (git, grep).',
		);
		expect(judge('git push', ['git push'], ['git'])).toContain('is blocked');
	});

	it('a pattern that would never come to an end refuses, and soon', () => {
		const line = `${'a'.repeat(40)}!`;
		expect(judge(line, ['(a+)+$'])).toContain('could not be told in time');
		expect(judge(line, [], ['(a+)+$'])).toContain('could not be told in time');
	});

	it('an alternative in a pattern is anchored like the rest of it', () => {
		expect(judge('echo curl', ['wget|curl'])).toBeNull();
		expect(judge('curl x', ['wget|curl'])).toContain('is blocked');
	});
});
