import { describe, expect, it } from 'vitest';
import { askArguments, doctorArguments, startArguments, usage } from '../../../src/cli/arguments.ts';

describe('the arguments of ask', () => {
	it('are the words of the question, with every switch off', () => {
		expect(askArguments(['Why', 'is the sky', 'blue?'])).toEqual({
			text: 'Why is the sky blue?',
			help: false,
			json: false,
			deltas: false,
			'dry-run': false,
			quick: false,
			resume: false,
			sessions: false,
		});
	});

	it('may have options before and after the question', () => {
		const options = askArguments([
			'--team',
			'trio',
			'Why?',
			'--json',
			'--timeout=60',
			'--data-dir',
			'd',
			'--config',
			'c.yaml',
		]);
		expect(options).toMatchObject({
			text: 'Why?',
			team: 'trio',
			json: true,
			timeout: '60',
			'data-dir': 'd',
			config: 'c.yaml',
		});
	});

	it('take what follows -- as the question, and - as standard input', () => {
		expect(askArguments(['--json', '--', '--why?', '-x'])).toMatchObject({ text: '--why? -x', json: true });
		expect(askArguments(['-'])).toMatchObject({ text: '-' });
	});

	it('name the run to resume, or leave it open', () => {
		expect(askArguments(['--resume', 'r7'])).toMatchObject({ resume: true, text: 'r7' });
		expect(askArguments(['--resume'])).toMatchObject({ resume: true, text: '' });
	});

	it('say what becomes of calls that wait, and where files go', () => {
		expect(askArguments(['--approve', 'deny', '--files', 'out', 'Why?'])).toMatchObject({
			approve: 'deny',
			files: 'out',
		});
		expect(askArguments(['--approve=ask', 'Why?'])).toMatchObject({ approve: 'ask' });
	});

	it.each([
		[['--teem', 'x'], '--teem'],
		[['--team'], '--team'],
		[['--json=yes', 'Why?'], '--json'],
		[['-x'], '-x'],
		[['--approve', 'always', 'Why?'], '--approve takes ask or deny'],
		[['--files', 'out', '--json', 'Why?'], '--files'],
	])('%j are refused with the option and where to read more', (args, named) => {
		expect(() => askArguments(args)).toThrow(
			expect.objectContaining({
				code: 'input_invalid',
				userMessage: expect.stringMatching(new RegExp(`${named}[^]*npm run ask -- --help`)),
			}),
		);
	});
});

describe('the arguments of the other commands', () => {
	it('are options only', () => {
		expect(doctorArguments(['--offline', '--config', 'c.yaml'])).toMatchObject({ offline: true, config: 'c.yaml' });
		expect(startArguments(['-h'])).toMatchObject({ help: true });
		for (const parse of [doctorArguments, startArguments]) {
			expect(() => parse(['surplus'])).toThrow(expect.objectContaining({ code: 'input_invalid' }));
		}
	});
});

describe('the usage text', () => {
	it('names every option that ask takes, and every exit code', () => {
		const switches = Object.keys(askArguments([])).filter((name) => !['text', 'help'].includes(name));
		for (const name of [...switches, 'team', 'config', 'data-dir', 'timeout', 'files'])
			expect(usage).toContain(`--${name}`);
		expect(usage).toMatch(/0 done, 1 .*, 2 .*, 3 .*, 4 /);
	});
});
