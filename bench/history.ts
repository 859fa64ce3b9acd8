import { cp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type PageProcess, startPage } from './page-process.ts';
import { askPage, watchThread } from './page-reader.ts';
import { runClient, type Server } from './processes.ts';
import { pageOf, seedOf } from './programs.ts';
import { atOnce } from './provider-script.ts';
import { median } from './statistics.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

/** The page over a data folder with `runs` finished runs. Times in milliseconds. */
export interface WithHistory {
	runs: number;
	firstPage: number;
	/** Processor time until the first list of threads was there. */
	startCpu: number;
	list: number;
	/** To open an old thread for the first time. */
	thread: number;
	/** Processor time of one more run, without the provider's latency. */
	run: number;
	/** Resident memory after all of that, in MB. */
	memory: number;
	/** Of the data folder, in KB for each run. */
	disk: number;
}

type Seen = Omit<WithHistory, 'runs' | 'disk'>;

const LISTED = 10;

async function timed(work: () => Promise<unknown>): Promise<number> {
	const startedAt = performance.now();
	await work();
	return performance.now() - startedAt;
}

async function medianTime(count: number, work: (at: number) => Promise<unknown>): Promise<number> {
	const times: number[] = [];
	for (let at = 0; at < count; at += 1) times.push(await timed(() => work(at)));
	return median(times);
}

async function folderBytes(folder: string): Promise<number> {
	const files = await readdir(folder, { recursive: true, withFileTypes: true });
	const sizes = files.map(async (file) => (file.isFile() ? (await stat(join(file.parentPath, file.name))).size : 0));
	return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function listThreads({ address }: PageProcess): Promise<void> {
	const response = await fetch(`${address}/api/threads?limit=${LISTED}`);
	const { threads } = (await response.json()) as { threads: readonly unknown[] };
	if (threads.length === 0) throw new Error('the page lists no thread');
}

async function look(page: PageProcess, runs: number, requests: number): Promise<Seen> {
	await listThreads(page);
	const startCpu = page.cpuMs();
	const list = await medianTime(requests, () => listThreads(page));
	const thread = await medianTime(Math.min(runs, LISTED), (at) => watchThread(page.address, `seed-${at}`));
	const before = page.cpuMs();
	for (let asked = 0; asked < requests; asked += 1) {
		await watchThread(page.address, await askPage(page.address, 'And now?'));
	}
	const run = (page.cpuMs() - before) / requests;
	return { firstPage: page.firstPageMs, startCpu, list, thread, run, memory: page.residentMB() };
}

async function seed(server: Server, place: Workplace, runs: number): Promise<void> {
	const seeded = await runClient([process.execPath, ...seedOf(place, runs)], server.process, place.env);
	if (seeded.code !== 0) throw new Error(`no history could be made: ${seeded.errors.slice(-2_000)}`);
}

/** Looks at a copy of the data, so that every look sees the same history. */
async function lookAtCopy(place: Workplace, round: number, runs: number, requests: number): Promise<Seen> {
	const copy = join(place.folder, `data-${round}`);
	await cp(place.dataDir, copy, { recursive: true });
	const page = await startPage(pageOf(place), { ...place.env, DATA_DIR: copy }, place.folder);
	try {
		return await look(page, runs, requests);
	} finally {
		await page.stop();
		await rm(copy, { recursive: true });
	}
}

/** What the page costs with so many runs behind it: medians of rounds in which every size has its turn. */
export async function measureHistory(
	server: Server,
	sizes: readonly number[],
	requests: number,
	rounds: number,
): Promise<WithHistory[]> {
	await server.ask('/config', atOnce);
	const places: { place: Workplace; runs: number; looks: Seen[] }[] = [];
	try {
		for (const runs of sizes) {
			const place = await openWorkplace(server);
			places.push({ place, runs, looks: [] });
			await seed(server, place, runs);
		}
		for (let round = 0; round < rounds; round += 1) {
			for (const { place, runs, looks } of places) looks.push(await lookAtCopy(place, round, runs, requests));
		}
		return await Promise.all(
			places.map(async ({ place, runs, looks }) => {
				const of = (pick: (seen: Seen) => number) => median(looks.map(pick));
				return {
					runs,
					firstPage: of((seen) => seen.firstPage),
					startCpu: of((seen) => seen.startCpu),
					list: of((seen) => seen.list),
					thread: of((seen) => seen.thread),
					run: of((seen) => seen.run),
					memory: of((seen) => seen.memory),
					disk: (await folderBytes(place.dataDir)) / 1_024 / runs,
				};
			}),
		);
	} finally {
		await Promise.all(places.map(({ place }) => place.remove()));
	}
}
