import { randomUUID } from 'node:crypto';
import { type App, type AppOptions, createApp, type TerminalPlace } from '../app.ts';
import { BotError } from '../core/errors.ts';
import type { Inbound } from '../core/gateway.ts';
import { MAX_QUESTION } from '../core/run.ts';
import type { RunEvent } from '../core/run-event.ts';
import { encodeSessionId } from '../core/session-id.ts';
import { type AskArguments, askArguments, usage } from './arguments.ts';
import { dryRun } from './dry-run.ts';
import { exitCode, exitCodeOf } from './exit-code.ts';
import { interruptible } from './interrupt.ts';
import { readInput, writeProblem } from './process-streams.ts';

/** How long the program stays after the answer, in milliseconds, so that the next question finds what this one taught. */
const LEARNING_MS = 10_000;

/** `npm run ask`: one question (or one resumed run), then the end. Returns the exit code. */
export async function askOnce(args: readonly string[], openStore?: AppOptions['openStore']): Promise<number> {
	const options = askArguments(args);
	if (options.help) {
		process.stdout.write(usage);
		return exitCode.done;
	}
	const question = options.resume || options.sessions ? '' : await questionOf(options);
	if (options['dry-run']) return dryRun(question, options);
	return put(question, options, openStore);
}

async function questionOf({ text }: AskArguments): Promise<string> {
	if (text !== '' && text !== '-') return text;
	if (text === '' && process.stdin.isTTY) {
		throw new BotError('input_invalid', 'no question', {
			userMessage: 'There is no question. Ask one like this: npm run ask -- "Why is the sky blue?"',
		});
	}
	return readInput(MAX_QUESTION);
}

async function put(question: string, options: AskArguments, openStore: AppOptions['openStore']): Promise<number> {
	const seen: { run: string | null; finished: (RunEvent & { type: 'run_finished' }) | null } = {
		run: null,
		finished: null,
	};
	const app = await createApp({
		file: options.config ?? null,
		flags: { team: options.team, dataDir: options['data-dir'], timeout: options.timeout },
		env: process.env,
		cwd: process.cwd(),
		terminal: options.json ? null : terminalFor(options),
		web: false,
		chats: false,
		observe(event) {
			if (event.type === 'run_started') seen.run = event.run;
			if (event.type === 'run_finished') seen.finished = event;
			if (options.json && (options.deltas || event.type !== 'text_delta')) {
				process.stdout.write(`${JSON.stringify(event)}\n`);
			}
		},
		onProblem: writeProblem,
		...(openStore === undefined ? {} : { openStore }),
	});
	let lingerMs = 0;
	try {
		const how = await interruptible(
			async () => {
				await app.listen();
				if (options.sessions) return (await submit(app, question, options)) === null ? 'listed' : 'refused';
				if (options.session !== undefined) {
					await checkSession(app, options.session);
					await app.bot.endLeft(options.session);
					seen.run = null;
					seen.finished = null;
				}
				const error = await submit(app, question, options);
				if (error !== null || seen.run === null) return 'refused';
				// The person has been told why by then.
				return app.bot.ended(seen.run).catch(() => 'lost' as const);
			},
			() => app.runs.close(),
		);
		if (how === 'listed') return exitCode.done;
		if (how === 'refused') return exitCode.configuration;
		if (how === 'lost') return exitCode.runFailed;
		if (how === 'suspended') {
			process.stderr.write(`\nInterrupted. Nothing is lost; continue with: npm run ask -- --resume ${seen.run}\n`);
			return exitCode.interrupted;
		}
		lingerMs = LEARNING_MS;
		return seen.finished === null ? exitCode.runFailed : exitCodeOf(seen.finished);
	} finally {
		await app.close(lingerMs);
	}
}

/** Throws `input_invalid` for a thread that was not begun at a terminal with this data. */
async function checkSession(app: App, session: string): Promise<void> {
	const isOurs = session.startsWith('terminal:') && (await app.bot.sessions.get(session)) !== null;
	if (isOurs) return;
	const userMessage = `There is no thread ${session} here. List those there are with \`npm run ask -- --sessions\`.`;
	throw new BotError('input_invalid', `no session ${session}`, { userMessage });
}

/** Whoever sits at a terminal is asked about calls that wait; where nobody does, they are denied. */
function terminalFor({ approve, files, session }: AskArguments): TerminalPlace {
	const { stdin: input, stdout: output, stderr: errors } = process;
	const sitsThere = input.isTTY === true && output.isTTY === true;
	return {
		...{ input, output, errors, interactive: false },
		approve: approve ?? (sitsThere ? 'ask' : 'deny'),
		filesFolder: files ?? null,
		...(session === undefined ? {} : { session }),
	};
}

async function submit(app: App, question: string, options: AskArguments): Promise<BotError | null> {
	const principal = app.terminal?.principal ?? {
		platform: 'terminal',
		tenant: 'local',
		user: 'local',
		roles: [],
		kind: 'member' as const,
	};
	const session =
		app.terminal?.session ??
		options.session ??
		encodeSessionId({ ...principal, channel: 'json', thread: randomUUID() });
	const common = { type: 'command', id: randomUUID(), principal, session } as const;
	if (options.sessions) return app.submit({ ...common, name: 'sessions', options: {} });
	if (options.resume) {
		const inbound: Inbound = { ...common, name: 'resume', options: options.text === '' ? {} : { run: options.text } };
		return app.submit(inbound);
	}
	for (const note of (await app.team(options.team ?? null)).notes) process.stderr.write(`${note}\n`);
	const team = options.team === undefined ? {} : { team: options.team };
	return app.submit({ ...common, name: 'ask', options: { question, quick: options.quick, ...team } });
}
