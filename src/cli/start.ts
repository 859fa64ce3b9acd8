import { type AppOptions, createApp } from '../app.ts';
import { sentenceOf } from '../core/errors.ts';
import { startArguments, usage } from './arguments.ts';
import { exitCode } from './exit-code.ts';
import { interruptible } from './interrupt.ts';
import { writeProblem } from './process-streams.ts';

/** What is still open when everything has been closed may hold the process so long, in milliseconds. */
const GOODBYE_MS = 500;

/**
 * `npm start`: serves the page, goes to the chat platforms, continues what was interrupted, until a signal ends it; with
 * `--role worker` does the runs of others. Returns the exit code.
 */
export async function start(args: readonly string[], openStore?: AppOptions['openStore']): Promise<number> {
	const options = startArguments(args);
	if (options.help) {
		process.stdout.write(usage);
		return exitCode.done;
	}
	const { role } = options;
	const app = await createApp({
		role,
		file: options.config ?? null,
		flags: { team: options.team, dataDir: options['data-dir'], timeout: options.timeout },
		env: process.env,
		cwd: process.cwd(),
		terminal: null,
		web: role !== 'worker',
		chats: role !== 'worker',
		observe: () => {},
		onProblem: writeProblem,
		...(openStore === undefined ? {} : { openStore }),
	});
	const ended = Promise.withResolvers<'ended'>();
	try {
		const work = async () => {
			await app.work();
			process.stdout.write(`${app.say('start.working')}\n`);
			await ended.promise;
		};
		const serve = async () => {
			await app.listen();
			process.stdout.write(`${app.say('start.listening', { address: app.web?.address() ?? '' })}\n`);
			const joined = app.joinChats((line) => process.stdout.write(`${line}\n`));
			if ((await Promise.race([joined, ended.promise])) === 'ended') return;
			await app.bot.recover();
			const notes = await app.team(null).then(
				(team) => team.notes,
				(error: unknown) => [sentenceOf(error)],
			);
			for (const note of notes) process.stdout.write(`${note}\n`);
			await ended.promise;
		};
		await interruptible(role === 'worker' ? work : serve, async () => ended.resolve('ended'));
		return exitCode.done;
	} finally {
		await app.close();
		// What is kept is kept: a platform's SDK that still waits for an answer must not hold the process.
		setTimeout(() => process.exit(), GOODBYE_MS).unref();
	}
}
