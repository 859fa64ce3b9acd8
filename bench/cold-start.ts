import { type PageProcess, startPage } from './page-process.ts';
import { runClient, type Server } from './processes.ts';
import { ourMain, type Program, pageFloor } from './programs.ts';
import { atOnce } from './provider-script.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

async function firstCall(server: Server, command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
	await server.ask('/config', atOnce);
	await server.ask('/reset', {});
	const done = await runClient([process.execPath, ...command], server.process, env);
	if (done.code !== 0) throw new Error(`cold start of ${command[0]} failed: ${done.errors.slice(-1_000)}`);
	const { firstCallAt } = await server.ask<{ firstCallAt: number }>('/stats');
	return firstCallAt - done.startedAt;
}

async function inWorkplace<Result>(server: Server, use: (place: Workplace) => Promise<Result>): Promise<Result> {
	const place = await openWorkplace(server);
	try {
		return await use(place);
	} finally {
		await place.remove();
	}
}

/** Milliseconds from the start of a program's process to its first model call. */
export const coldStartOf = (server: Server, { command }: Program) =>
	firstCall(server, [...command, '--url', server.url, '--sessions', '1'], process.env);

/** The same for `npm run ask`, everything in it: configuration, sqlite store, catalogue, prices. */
export const coldStartOfAsk = (server: Server) =>
	inWorkplace(server, ({ config, env }) =>
		firstCall(server, [ourMain, 'ask', 'What is a bench?', '--json', '--config', config], env),
	);

export interface PageStart {
	/** From the start of the process to the first page, in milliseconds. */
	wall: number;
	/** Processor time until then, in milliseconds. */
	cpu: number;
}

async function startOf(page: PageProcess): Promise<PageStart> {
	const cpu = page.cpuMs();
	await page.stop();
	return { wall: page.firstPageMs, cpu };
}

/**
 * The start of `npm start` as somebody has it who set nothing up; of the same without the compiled code that earlier
 * starts left; and of the floor, which only listens.
 */
export function coldStartOfPage(server: Server) {
	return inWorkplace(server, async ({ env: { PATH, HOME, PORT, DATA_DIR }, folder }) => {
		const env = { PATH, HOME, PORT, DATA_DIR };
		const ours = [ourMain, 'start'];
		return {
			ours: await startOf(await startPage(ours, env, folder)),
			uncached: await startOf(await startPage(ours, { ...env, NODE_DISABLE_COMPILE_CACHE: '1' }, folder)),
			floor: await startOf(await startPage(pageFloor, { ...env, PROVIDER: server.url }, folder)),
		};
	});
}
