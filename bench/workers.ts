import { request } from 'node:http';
import { join } from 'node:path';
import { createRedisStore } from '../src/adapters/stores/redis.ts';
import { type RunRecord, runRecordSchema } from '../src/core/run.ts';
import { allRecords, type Store } from '../src/core/store.ts';
import { systemClock } from '../src/system-clock.ts';
import { type Running, startScript } from '../tests/support/command.ts';
import { type RedisServer, startRedis } from '../tests/support/redis.ts';
import { type Server, usedSeconds } from './processes.ts';
import { atOnce } from './provider-script.ts';
import { openWorkplace } from './workplace.ts';

/** What one gateway and so many workers made of a burst of questions. */
export interface ByWorkers {
	workers: number;
	/** From the first question to the end of the last run. */
	runsPerSecond: number;
	/** Processor time a run, in milliseconds. */
	cpuMs: { workers: number; gateway: number; redis: number };
}

export interface WorkersLoad {
	/** Worker processes, ascending; the first is what the others are set against. */
	workers: readonly number[];
	/** Runs that are asked for at once. */
	runs: number;
	/** Runs before, for each worker, so that what is compiled once does not count. */
	warmup: number;
}

const PREFIX = 'bench';
/** The page takes 60 questions a minute from an address: so many come from each. All of 127.0.0.0/8 is this Linux. */
const FROM_AN_ADDRESS = 50;
const LOOK_MS = 100;
const GREETING = { gateway: /http:\/\/127\.0\.0\.1:\d+/, worker: /Runs of other processes are done here/ } as const;

/** Asks from the address 127.0.0.`from`; rejects unless the question was taken. */
function ask(page: string, from: number): Promise<void> {
	return new Promise((resolve, reject) => {
		const headers = { 'content-type': 'application/json' };
		const options = { method: 'POST', localAddress: `127.0.0.${from}`, headers };
		const asking = request(`${page}/api/threads`, options, (response) => {
			response.resume();
			const { statusCode = 0 } = response;
			if (statusCode < 300) resolve();
			else reject(new Error(`the page answered a question with ${statusCode}`));
		});
		asking.on('error', reject);
		asking.end(JSON.stringify({ question: 'What limits the speed of a parallel program?' }));
	});
}

async function records(store: Store): Promise<RunRecord[]> {
	const found: RunRecord[] = [];
	for await (const { value } of allRecords(store, 'run')) found.push(runRecordSchema.parse(value));
	return found;
}

/** Resolves when so many runs have ended; throws when one went wrong, or one of the processes has ended. */
async function untilDone(
	server: Server,
	store: Store,
	runs: number,
	processes: readonly Running[],
): Promise<RunRecord[]> {
	const callsOfRun = 7;
	for (;;) {
		await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
		const dead = processes.find(({ process: { exitCode, signalCode } }) => exitCode !== null || signalCode !== null);
		if (dead !== undefined) throw new Error(`a process ended: ${(await dead.ended).stderr.slice(-2_000)}`);
		const { calls } = await server.ask<{ calls: number }>('/stats');
		if (calls < runs * callsOfRun) continue;
		const found = await records(store);
		if (found.length < runs || found.some(({ status }) => status === 'running')) continue;
		const wrong = found.find(({ result }) => result?.outcome !== 'answered');
		if (wrong !== undefined) throw new Error(`a run ended ${wrong.result?.outcome}`);
		return found;
	}
}

/** Processor milliseconds of a Redis so far. */
async function cpuOf(redis: RedisServer): Promise<number> {
	const told = await redis.command('INFO', 'cpu');
	const seconds = [...told.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].map(([, text]) => Number(text));
	return seconds.reduce((sum, one) => sum + one, 0) * 1_000;
}

const cpuMsOf = (processes: readonly Running[]) =>
	processes.reduce((sum, { process }) => sum + (usedSeconds(process.pid) ?? Number.NaN) * 1_000, 0);

/** One gateway and `workers` workers on a Redis of their own, each a process as `npm start -- --role` makes it. */
export async function measureWorkersOnce(server: Server, load: WorkersLoad, workers: number): Promise<ByWorkers> {
	await server.ask('/config', atOnce);
	await server.ask('/reset', {});
	const place = await openWorkplace(server);
	const redis = await startRedis();
	const store = await createRedisStore({ url: redis.url, prefix: PREFIX, clock: systemClock, onNotice: () => {} });
	const processes: Running[] = [];
	const start = async (role: keyof typeof GREETING) => {
		const shared = { REDIS_URL: redis.url, REDIS_PREFIX: PREFIX, AUDIT_KEY: Buffer.alloc(32, 7).toString('base64') };
		const { OPENAI_API_KEY = '', PORT = '' } = place.env;
		const env = { ...shared, OPENAI_API_KEY, PORT, DATA_DIR: join(place.folder, `data-${processes.length}`) };
		const running = startScript('src/main.ts', ['start', '--role', role, '--config', place.config], { env });
		processes.push(running);
		const shown = await running.shows(GREETING[role]);
		return { running, shown };
	};
	let asked = 0;
	const askAll = async (page: string, count: number) => {
		const first = asked;
		asked += count;
		const from = (at: number) => 2 + Math.floor((first + at) / FROM_AN_ADDRESS);
		await Promise.all(Array.from({ length: count }, (_, at) => ask(page, from(at))));
		return untilDone(server, store, asked, processes);
	};
	try {
		const gateway = await start('gateway');
		const page = GREETING.gateway.exec(gateway.shown)?.[0] ?? '';
		const crew = await Promise.all(Array.from({ length: workers }, async () => (await start('worker')).running));
		const before = await askAll(page, load.warmup * workers);
		const cpu = async () => ({
			workers: cpuMsOf(crew),
			gateway: cpuMsOf([gateway.running]),
			redis: await cpuOf(redis),
		});
		const from = await cpu();
		const ended = (await askAll(page, load.runs)).filter(({ id }) => !before.some((known) => known.id === id));
		const to = await cpu();
		const wallMs =
			Math.max(...ended.map(({ result }) => result?.finishedAt ?? Number.NaN)) -
			Math.min(...ended.map(({ startedAt }) => startedAt));
		const aRun = (of: keyof typeof from) => (to[of] - from[of]) / load.runs;
		return {
			workers,
			runsPerSecond: (load.runs * 1_000) / wallMs,
			cpuMs: { workers: aRun('workers'), gateway: aRun('gateway'), redis: aRun('redis') },
		};
	} finally {
		for (const { process } of processes) process.kill('SIGKILL');
		await Promise.all(processes.map(({ ended }) => ended));
		await store.close();
		await redis.remove();
		await place.remove();
	}
}
