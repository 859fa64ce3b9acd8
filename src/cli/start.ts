import { type App, createApp } from '../app.ts';
import { maskSecrets } from '../config/mask-secrets.ts';
import { BotError, messageOf } from '../core/errors.ts';
import { startArguments, usage } from './arguments.ts';
import { exitCode } from './exit-code.ts';
import { interruptible } from './interrupt.ts';

/** `npm start`: continues what was interrupted, then questions one after the other. Returns the exit code. */
export async function start(args: readonly string[]): Promise<number> {
	const options = startArguments(args);
	if (options.help) {
		process.stdout.write(usage);
		return exitCode.done;
	}
	const app = await createApp({
		file: options.config ?? null,
		flags: { team: options.team, dataDir: options['data-dir'], timeout: options.timeout },
		env: process.env,
		cwd: process.cwd(),
		terminal: { input: process.stdin, output: process.stdout, errors: process.stderr, interactive: true },
		observe: () => {},
		onProblem: (text) => process.stderr.write(`${text}\n`),
	});
	try {
		const { notes } = await app.team(null);
		for (const note of notes) process.stderr.write(`${note}\n`);
		const serve = async () => {
			if (!(await takeUp(app))) return;
			await app.listen();
			await app.terminal?.closed;
		};
		await interruptible(serve, async () => {
			await app.runs.close();
			await app.terminal?.stop();
		});
		return exitCode.done;
	} finally {
		await app.close();
	}
}

/** Continues what was interrupted, one run after the other. False: the process is to end. */
async function takeUp(app: App): Promise<boolean> {
	for (const run of await app.runs.unfinished()) {
		try {
			await app.bot.resume(run.id, app.terminal?.session ?? run.session);
		} catch (thrown) {
			// What keeps one run from going on must not keep the others, and new questions, from being answered.
			process.stderr.write(`${thrown instanceof BotError ? thrown.userMessage : maskSecrets(messageOf(thrown))}\n`);
			continue;
		}
		// A run that is lost has said why by then.
		const how = await app.bot.ended(run.id).catch(() => 'lost' as const);
		if (how === 'suspended') return false;
	}
	return true;
}
