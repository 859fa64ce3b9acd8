import { deployDiscordCommands } from '../app.ts';
import { startArguments, usage } from './arguments.ts';
import { exitCode } from './exit-code.ts';

/** `npm run deploy-commands`: registers `/massgen` with Discord, if it is not as it should be. Returns the exit code. */
export async function deployCommands(args: readonly string[]): Promise<number> {
	const options = startArguments(args);
	if (options.help) {
		process.stdout.write(usage);
		return exitCode.done;
	}
	const file = options.config ?? null;
	const flags = { dataDir: options['data-dir'] };
	const done = await deployDiscordCommands({ file, flags, env: process.env, cwd: process.cwd() });
	process.stdout.write(`${done}\n`);
	return exitCode.done;
}
