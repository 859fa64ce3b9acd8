import { createContext, Script } from 'node:vm';

/** Milliseconds that all patterns have for one line: one that backtracks without end must not stop the program. */
const PATTERN_MS = 250;

export interface CommandRules {
	/** Null: any command. */
	allowed: readonly string[] | null;
	blocked: readonly string[];
}

/**
 * Why a line of bash may not run, in a sentence; null: it may. Each command of the line is judged for itself. What a
 * command does is not known before it runs, so this keeps agents to a purpose; what they can reach is for the sandbox.
 */
export function refusalOf(line: string, { allowed, blocked }: CommandRules): string | null {
	if (allowed === null && blocked.length === 0) return null;
	const commands = commandsOf(line);
	const found = matches(blocked, commands);
	if (found === null) return 'The command was not run: whether it is blocked could not be told in time.';
	for (const [index, pattern] of found.entries()) {
		if (pattern !== null) return `The command was not run: ${shown(commands[index])} is blocked here (${pattern}).`;
	}
	if (allowed === null) return null;
	const free = matches(allowed, commands);
	if (free === null) return 'The command was not run: whether it is allowed could not be told in time.';
	const at = free.indexOf(null);
	if (at < 0) return null;
	return `The command was not run: ${shown(commands[at])} is not among the allowed commands (${allowed.join(', ')}).`;
}

const JUDGE = new Script(`commands.map((command) =>
	patterns.find((pattern) => new RegExp('^(?:' + pattern + ')').test(command)) ?? null)`);

/** The first pattern that matches, for each command; null when that took too long. */
function matches(patterns: readonly string[], commands: readonly string[]): (string | null)[] | null {
	try {
		const context = createContext({ patterns: [...patterns], commands: [...commands] });
		return [...JUDGE.runInContext(context, { timeout: PATTERN_MS })];
	} catch (thrown) {
		if ((thrown as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
		throw thrown;
	}
}

/** Where one command ends and another begins: outside of quotes, and for substitutions also inside of double ones. */
const SEPARATOR = /^(?:\$\(|[<>]\(|[;|&\n(){}`])/;
const SUBSTITUTION = /^(?:\$\(|`)/;
/** What stands before a command and is none. */
const LEADING = /^(?:(?:[A-Za-z_]\w*=\S*|!|if|then|else|elif|do|while|until|time|exec|command|builtin)\s+)+/;

/** The commands of a line of bash. Rather too many than too few: a part that is not understood counts as one. */
export function commandsOf(line: string): string[] {
	const commands: string[] = [];
	let current = '';
	let quote = '';
	/** What stands round each substitution that is open. */
	const outer: { before: string; quote: string; opened: string }[] = [];
	const turn = (separator: string) => {
		const inner = outer.at(-1);
		if (separator === ')' || (separator === '`' && inner?.opened === '`')) {
			commands.push(current);
			const round = outer.pop();
			quote = round?.quote ?? '';
			// A subshell is no command, but what stands round a substitution is one.
			const isSubshell = round?.opened === '(' && round.before.trim() === '';
			current = round === undefined || isSubshell ? '' : `${round.before}${round.opened}${separator}`;
		} else if (separator.endsWith('(') || separator === '`') {
			outer.push({ before: current, quote, opened: separator });
			quote = '';
			current = '';
		} else {
			commands.push(current);
			current = '';
		}
	};
	for (let at = 0; at < line.length; at += 1) {
		const here = line.charAt(at);
		const pattern = quote === '"' ? SUBSTITUTION : SEPARATOR;
		const separator = quote === "'" ? undefined : pattern.exec(line.slice(at, at + 2))?.[0];
		if (separator !== undefined) {
			turn(separator);
			at += separator.length - 1;
		} else if (here === '\\' && quote !== "'") {
			current += line.slice(at, at + 2);
			at += 1;
		} else {
			if (quote === here) quote = '';
			else if (quote === '' && (here === '"' || here === "'")) quote = here;
			current += here;
		}
	}
	const open = outer.map(({ before }) => before);
	return [...commands, ...open, current].map((one) => one.trim().replace(LEADING, '')).filter((one) => one !== '');
}

const shown = (command = '') => JSON.stringify(command.length > 80 ? `${command.slice(0, 79)}…` : command);
