import { randomUUID } from 'node:crypto';
import { createApp } from '../app.ts';
import { toolsArguments, usage } from './arguments.ts';
import { exitCode } from './exit-code.ts';

/** `npm run tools`: the MCP servers and their tools, to look at and to accept. Returns the exit code. */
export async function tools(args: readonly string[]): Promise<number> {
	const options = toolsArguments(args);
	if (options.help) {
		process.stdout.write(usage);
		return exitCode.done;
	}
	const app = await createApp({
		file: options.config ?? null,
		flags: { dataDir: options['data-dir'] },
		env: process.env,
		cwd: process.cwd(),
		terminal: { input: process.stdin, output: process.stdout, errors: process.stdout, interactive: false },
		web: false,
		observe: () => {},
		onProblem: (text) => process.stderr.write(`${text}\n`),
	});
	try {
		if (app.terminal === null) return exitCode.configuration;
		const { principal, session } = app.terminal;
		const common = { type: 'command', id: randomUUID(), principal, session } as const;
		const error = await app.submit({ ...common, name: 'tools', options: options.words });
		return error === null ? exitCode.done : exitCode.configuration;
	} finally {
		await app.close();
	}
}
