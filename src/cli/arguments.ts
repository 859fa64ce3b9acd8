import { parseArgs } from 'node:util';
import { BotError, messageOf } from '../core/errors.ts';

const common = {
	config: { type: 'string' },
	team: { type: 'string' },
	'data-dir': { type: 'string' },
	timeout: { type: 'string' },
	help: { type: 'boolean', short: 'h', default: false },
} as const;

const askOptions = {
	...common,
	json: { type: 'boolean', default: false },
	deltas: { type: 'boolean', default: false },
	'dry-run': { type: 'boolean', default: false },
	quick: { type: 'boolean', default: false },
	resume: { type: 'boolean', default: false },
	session: { type: 'string' },
	sessions: { type: 'boolean', default: false },
	approve: { type: 'string' },
	files: { type: 'string' },
} as const;

const doctorOptions = {
	...common,
	offline: { type: 'boolean', default: false },
	'discord-channel': { type: 'string' },
	'slack-channel': { type: 'string' },
} as const;

const toolsOptions = {
	config: common.config,
	'data-dir': common['data-dir'],
	help: common.help,
} as const;

const auditOptions = {
	config: common.config,
	'data-dir': common['data-dir'],
	help: common.help,
	format: { type: 'string', default: 'jsonl' },
	from: { type: 'string' },
	to: { type: 'string' },
	tenant: { type: 'string' },
	out: { type: 'string' },
} as const;

export const usage = `MassGen Chat: a team of AI agents answers in one thread.

  npm start                                   ask questions one after the other
  npm start -- --role gateway|worker          with Redis: talk with people, or do the runs, in many processes
  npm run ask -- "question" [options]         ask one question
  npm run ask -- --sessions                   list the threads that were begun here
  npm run ask -- --session ID "question"      go on in a thread, after what was said there
  npm run ask -- --resume [run]               continue an interrupted run (the latest, or by id)
  npm run tools -- [list|show|pin] [server] [tool]
                                              look at the tools of MCP servers; pin what they are now
  npm run tools -- login server               log in to an MCP server that asks for it
  npm run audit -- verify                     check that nobody has changed the audit
  npm run audit -- export [--format csv] [--from DAY] [--to DAY] [--tenant slack:T1] [--out FOLDER]
                                              write the audit into a new folder, with its checksum
  npm run doctor [-- --config FILE --offline] check configuration, keys, services and versions
  npm run doctor -- --discord-channel ID      check what the bot may do in a channel of Discord, too
  npm run deploy-commands                     register /massgen with Discord
  npm run doctor -- --slack-channel ID        check whether the bot can answer in a channel of Slack, too
  npm run store -- migrate FROM TO            move all runs between a data folder and Redis (redis://...)
  npm run sandbox:build [-- NAME ...]         make the images tools run in, with these MCP servers: presets or PACKAGE@1.2.3

  --team NAME      the team that answers (default: made of the models that can be reached)
  --config FILE    configuration or team file, MassGen's own YAML included (default: config/massgen.yaml)
  --data-dir DIR   where runs are stored (default: data)
  --timeout SEC    time for a whole run; 0: none
  --quick          the first agent answers directly, without the others
  --approve WORD   tool calls that need a person: ask here, or deny (default: ask at a terminal, else deny)
  --files DIR      write the files beside the answer into this folder
  --json           one event per line on standard output and nothing else (config/schemas/run-event.schema.json)
  --deltas         with --json: text_delta events too
  --dry-run        show the team, the prompts' sizes and the worst-case cost; call nobody

Exit codes: 0 done, 1 configuration or input, 2 the run failed or the audit was changed, 3 deadline, 4 interrupted.
`;

export type AskArguments = ReturnType<typeof askArguments>;

/** Throws `input_invalid` with the usage line to read for arguments that do not exist. */
export function askArguments(args: readonly string[]) {
	const { values, positionals } = parsed(() =>
		parseArgs({ args: [...args], options: askOptions, allowPositionals: true }),
	);
	if (values.files !== undefined && values.json) throw refused('--files does not go with --json.');
	return { ...values, approve: approveWord(values.approve), text: positionals.join(' ') };
}

function approveWord(given: string | undefined): 'ask' | 'deny' | undefined {
	if (given === undefined || given === 'ask' || given === 'deny') return given;
	throw refused(`--approve takes ask or deny, not ${given}.`);
}

export function doctorArguments(args: readonly string[]) {
	return parsed(() => parseArgs({ args: [...args], options: doctorOptions })).values;
}

export function startArguments(args: readonly string[]) {
	const options = { ...common, role: { type: 'string', default: 'all' } } as const;
	const { role, ...values } = parsed(() => parseArgs({ args: [...args], options })).values;
	if (role === 'all' || role === 'gateway' || role === 'worker') return { ...values, role } as const;
	throw refused(`--role takes gateway, worker or all, not ${role}.`);
}

export function storeArguments(args: readonly string[]) {
	const options = { help: common.help };
	const { values, positionals } = parsed(() => parseArgs({ args: [...args], options, allowPositionals: true }));
	const [action, from, to, ...rest] = positionals;
	if (rest.length > 0) throw new BotError('input_invalid', `too many words: ${rest.join(' ')}`);
	return { ...values, words: { action, from, to } };
}

/** Every word is an npm package of an MCP server. */
export function sandboxBuildArguments(args: readonly string[]) {
	const options = { help: common.help };
	const { values, positionals } = parsed(() => parseArgs({ args: [...args], options, allowPositionals: true }));
	return { ...values, servers: positionals };
}

/** `words`: the options of the command `tools`. */
export function toolsArguments(args: readonly string[]) {
	const { values, positionals } = parsed(() =>
		parseArgs({ args: [...args], options: toolsOptions, allowPositionals: true }),
	);
	const [action, server, tool, ...rest] = positionals;
	if (rest.length > 0) throw new BotError('input_invalid', `too many words: ${rest.join(' ')}`);
	const given = Object.entries({ action, server, tool }).filter(([, word]) => word !== undefined);
	const words: { action?: string; server?: string; tool?: string } = Object.fromEntries(given);
	return { ...values, words };
}

/** `from` and `to` in milliseconds since the epoch. Throws `input_invalid` with what to write instead. */
export function auditArguments(args: readonly string[]) {
	const { values, positionals } = parsed(() =>
		parseArgs({ args: [...args], options: auditOptions, allowPositionals: true }),
	);
	const [action = 'verify', ...rest] = positionals;
	if (rest.length > 0 || (action !== 'verify' && action !== 'export')) {
		throw new BotError('input_invalid', `expected verify or export, found: ${positionals.join(' ')}`);
	}
	const { format } = values;
	if (format !== 'jsonl' && format !== 'csv') {
		throw new BotError('input_invalid', `expected --format jsonl or csv, found: ${format}`);
	}
	return { ...values, action, format, from: momentOf(values.from), to: momentOf(values.to) } as const;
}

function momentOf(text: string | undefined): number | null {
	if (text === undefined) return null;
	const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
	if (Number.isFinite(moment)) return moment;
	throw new BotError(
		'input_invalid',
		`expected a day or moment such as 2026-01-31 or 2026-01-31T12:00Z, found: ${text}`,
	);
}

function parsed<Result>(parse: () => Result): Result {
	try {
		return parse();
	} catch (thrown) {
		throw refused(messageOf(thrown));
	}
}

function refused(reason: string): BotError {
	const userMessage = `${reason}\nSee the options with \`npm run ask -- --help\`.`;
	return new BotError('input_invalid', reason, { userMessage });
}
