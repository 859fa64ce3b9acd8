import { randomUUID } from 'node:crypto';
import { logIn } from '../app/beside-the-bot.ts';
import { createApp } from '../app.ts';
import type { ConfigOptions } from '../config/check-config.ts';
import { toolsArguments, usage } from './arguments.ts';
import { exitCode } from './exit-code.ts';
import { openLoopback } from './loopback.ts';

/** `npm run tools`: the MCP servers and their tools, to look at and to accept. Returns the exit code. */
export async function tools(args: readonly string[]): Promise<number> {
	const options = toolsArguments(args);
	if (options.help) {
		process.stdout.write(usage);
		return exitCode.done;
	}
	const place = {
		file: options.config ?? null,
		flags: { dataDir: options['data-dir'] },
		env: process.env,
		cwd: process.cwd(),
	};
	const { action, server = '' } = options.words;
	if (action === 'login') return logInTo(server, place);
	const app = await createApp({
		...place,
		terminal: {
			...{ input: process.stdin, output: process.stdout, errors: process.stdout },
			...{ interactive: false, approve: 'deny', filesFolder: null },
		},
		web: false,
		chats: false,
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

/** Sends the person to where the server wants them, and waits for them to come back. */
async function logInTo(server: string, place: ConfigOptions): Promise<number> {
	const loopback = await openLoopback((url) => {
		process.stdout.write(`Log in to ${server} at this address, in a browser on this machine:\n\n${url}\n\n`);
	});
	try {
		const problem = await logIn(place, server, loopback.consent);
		if (problem !== null) {
			process.stderr.write(`${server} ${problem}.\n`);
			return exitCode.configuration;
		}
		process.stdout.write(`${server} can be used.\n`);
		return exitCode.done;
	} finally {
		await loopback.close();
	}
}
