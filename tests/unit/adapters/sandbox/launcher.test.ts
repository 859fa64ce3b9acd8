import { execFileSync } from 'node:child_process';
import { assert, dictionary, property, string, stringMatching } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentInput, LAUNCHER } from '../../../../src/adapters/sandbox/docker/launcher.ts';

const [sh = '', ...args] = LAUNCHER;
const PRINT = 'process.stdout.write(JSON.stringify([process.env, process.argv.slice(1), fs.readFileSync(0, "utf8")]))';

/** What a program sees that is started with this environment, these arguments and this input. */
function seen(env: Record<string, string>, given: readonly string[] = [], input = '') {
	const command = [...args, process.execPath, '-e', PRINT, '--', ...given];
	const output = execFileSync(sh, command, {
		input: `${environmentInput(env)}${input}`,
		env: { PATH: '/usr/bin:/bin' },
	});
	const [environment, argv, rest] = JSON.parse(output.toString());
	// Of the shell itself, not of the launcher.
	for (const name of ['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_']) if (!(name in env)) delete environment[name];
	return { environment, argv, rest };
}

describe('the launcher', () => {
	it('gives the program its environment, its arguments, and the rest of its input', () => {
		const env = {
			PLAIN: 'value',
			EMPTY: '',
			LINES: '\na\n\nb\n',
			SIGNS: `\\n \\0101 %s $HOME \`id\` "'$(id) = a=b \\`,
			SPACES: '  x\ty  ',
			WIDE: 'äö→𝄞',
			PATH: '/usr/bin:/bin:/mine',
			IFS: 'x',
		};
		expect(seen(env, ['-x', 'a b', ''], 'first\nsecond')).toEqual({
			environment: { ...env, PATH: env.PATH },
			argv: ['-x', 'a b', ''],
			rest: 'first\nsecond',
		});
	});

	it('changes no value, whatever is in it', () => {
		const name = stringMatching(/^[A-Z][A-Z0-9_]{0,8}X$/);
		const value = string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && text.isWellFormed());
		const same = (env: Record<string, string>) => {
			expect(seen(env).environment).toEqual(env);
		};
		assert(property(dictionary(name, value, { maxKeys: 5 }), same), { numRuns: 25 });
	});

	it.each([
		['a name that is none', { 'A B': 'secret' }, /"A B" is no name of an environment variable/],
		['a name with a line', { 'A\nB': 'secret' }, /is no name/],
		['a NUL', { KEY: 'secret\0' }, /KEY has a NUL character/],
		['a name of the shell', { UID: 'secret' }, /UID belongs to the shell/],
	])('refuses %s without showing the value', (_, env, message) => {
		expect(() => environmentInput(env as unknown as Record<string, string>)).toThrow(message);
		expect(() => environmentInput(env as unknown as Record<string, string>)).toThrow(
			expect.not.objectContaining({ message: expect.stringContaining('secret') }),
		);
	});
});
