import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runClient, type Server } from './processes.ts';
import type { Program } from './programs.ts';
import { atOnce } from './provider-script.ts';

const main = new URL('../src/main.ts', import.meta.url).pathname;

async function firstCall(server: Server, command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
	await server.ask('/config', atOnce);
	await server.ask('/reset', {});
	const done = await runClient([process.execPath, ...command], server.process, env);
	if (done.code !== 0) throw new Error(`cold start of ${command[0]} failed: ${done.errors.slice(-1_000)}`);
	const { firstCallAt } = await server.ask<{ firstCallAt: number }>('/stats');
	return firstCallAt - done.startedAt;
}

/** Milliseconds from the start of a program's process to its first model call. */
export const coldStartOf = (server: Server, { command }: Program) =>
	firstCall(server, [...command, '--url', server.url, '--sessions', '1'], process.env);

/** The same for `npm run ask`, everything in it: configuration, sqlite store, catalogue, prices. */
export async function coldStartOfAsk(server: Server): Promise<number> {
	const folder = await mkdtemp(join(tmpdir(), 'massgen-cold-'));
	const file = join(folder, 'team.yaml');
	const agents = [1, 2, 3].map(
		(number) =>
			`  - id: a${number}\n    backend: { type: chatcompletion, model: sim-a${number}, base_url: "${server.url}/v1" }\n`,
	);
	await writeFile(file, `agents:\n${agents.join('')}`);
	const { PATH, HOME } = process.env;
	try {
		const args = [main, 'ask', 'What is a bench?', '--json', '--config', file, '--data-dir', join(folder, 'data')];
		return await firstCall(server, args, { PATH, HOME, OPENAI_API_KEY: 'sk-bench' });
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
