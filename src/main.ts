import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { exitCode } from './cli/exit-code.ts';
import { endOnClosedPipe } from './cli/process-streams.ts';
import { BotError, messageOf } from './core/errors.ts';

const NODE_MAJOR = 24;

/** In the program's own folder, because who can write compiled code can run code. Without write access nothing is kept. */
const compiled = new URL('../node_modules/.cache/compiled/', import.meta.url);

async function run(command: string, args: readonly string[]): Promise<number> {
	switch (command) {
		case 'ask':
			return import('./cli/ask.ts').then((it) => it.askOnce(args));
		case 'start':
			return import('./cli/start.ts').then((it) => it.start(args));
		case 'doctor':
			return import('./cli/doctor.ts').then((it) => it.doctor(args));
		case 'tools':
			return import('./cli/tools.ts').then((it) => it.tools(args));
		case 'store':
			return import('./cli/store.ts').then((it) => it.store(args));
		case 'audit':
			return import('./cli/audit.ts').then((it) => it.audit(args));
		case 'deploy-commands':
			return import('./cli/deploy-commands.ts').then((it) => it.deployCommands(args));
		case 'schemas':
			return import('./cli/schemas.ts').then((it) => it.writeSchemas());
		case 'sandbox-build':
			return import('./cli/sandbox-build.ts').then((it) => it.sandboxBuild(args));
		default:
			process.stdout.write(await import('./cli/arguments.ts').then((it) => it.usage));
			return command === 'help' ? exitCode.done : exitCode.configuration;
	}
}

async function main(): Promise<number> {
	const [command = 'help', ...args] = process.argv.slice(2);
	if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
		process.stderr.write(
			`MassGen Chat needs Node ${NODE_MAJOR} or later; this is ${process.version}. Start it with npm, which uses the right one.\n`,
		);
		return exitCode.configuration;
	}
	enableCompileCache(fileURLToPath(compiled));
	endOnClosedPipe();
	if (existsSync('.env')) process.loadEnvFile('.env');
	try {
		return await run(command, args);
	} catch (thrown) {
		const known = thrown instanceof BotError && thrown.code !== 'bug';
		const text = known ? thrown.userMessage : `Something went wrong inside the program: ${messageOf(thrown)}`;
		process.stderr.write(`${text}\n`);
		if (!known && process.env.DEBUG) console.error(thrown);
		return exitCode.configuration;
	}
}

process.exitCode = await main();
