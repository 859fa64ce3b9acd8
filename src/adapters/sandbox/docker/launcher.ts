import { BotError } from '../../../core/errors.ts';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** The shell and the script below keep these to themselves. */
const TAKEN = new Set([
	...['BASHOPTS', 'BASH_VERSINFO', 'EUID', 'PPID', 'SHELLOPTS', 'UID'],
	...['massgen_line', 'massgen_value'],
]);

/**
 * Reads an environment from its input, up to an empty line, and becomes the program. The engine shows everybody who may
 * talk to it what a container was made of, and keeps that on the disk; what goes through the input is in neither. `read`
 * takes no byte beyond its line, so the rest of the input is the program's.
 */
const SCRIPT = `while IFS= read -r massgen_line && [ -n "$massgen_line" ]; do
massgen_value=$(printf '%bx' "\${massgen_line#*=}")
export "\${massgen_line%%=*}=\${massgen_value%x}"
done
unset massgen_line massgen_value
exec "$@"`;

/** What is put before a command that is given an environment in this way; the image needs `sh`. */
export const LAUNCHER = ['sh', '-c', SCRIPT, 'sh'];

/** What the launcher reads. Throws `sandbox_failed` for what cannot be in an environment; no message has a value. */
export function environmentInput(env: Readonly<Record<string, string>>): string {
	const lines = Object.entries(env).map(([name, value]) => {
		if (!VARIABLE.test(name))
			throw refused(`${JSON.stringify(name.slice(0, 200))} is no name of an environment variable`);
		if (TAKEN.has(name)) throw refused(`the environment variable ${name} belongs to the shell`);
		if (value.includes('\0')) throw refused(`the environment variable ${name} has a NUL character`);
		return `${name}=${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
	});
	return `${lines.join('')}\n`;
}

const refused = (why: string) => new BotError('sandbox_failed', `The sandbox was not started: ${why}.`);
