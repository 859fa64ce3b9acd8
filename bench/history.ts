import { readdir, stat } from 'node:fs/promises';
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
	/** From a question to its finished answer, without the provider's latency. */
	run: number;
	/** Resident memory after all of that, in MB. */
	memory: number;
	/** Of the data folder, in KB for each run. */
	disk: number;
}

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

async function look(page: PageProcess, place: Workplace, runs: number, requests: number): Promise<WithHistory> {
	await listThreads(page);
	const startCpu = page.cpuMs();
	const list = await medianTime(requests, () => listThreads(page));
	const thread = await medianTime(Math.min(runs, LISTED), (at) => watchThread(page.address, `seed-${at}`));
	const run = await medianTime(requests, async () =>
		watchThread(page.address, await askPage(page.address, 'And now?')),
	);
	const disk = (await folderBytes(place.dataDir)) / 1_024 / (runs + requests);
	return { runs, firstPage: page.firstPageMs, startCpu, list, thread, run, memory: page.residentMB(), disk };
}

/** What the page costs with so many runs behind it; the sizes ascend. */
export async function measureHistory(server: Server, sizes: readonly number[], requests: number, starts: number) {
	const found: WithHistory[] = [];
	for (const runs of sizes) {
		const place = await openWorkplace(server);
		try {
			await server.ask('/config', atOnce);
			const seeded = await runClient([process.execPath, ...seedOf(place, runs)], server.process, place.env);
			if (seeded.code !== 0) throw new Error(`no history could be made: ${seeded.errors.slice(-2_000)}`);
			const first: number[] = [];
			for (let start = 1; start < starts; start += 1) {
				const page = await startPage(pageOf(place), place.env, place.folder);
				first.push(page.firstPageMs);
				await page.stop();
			}
			const page = await startPage(pageOf(place), place.env, place.folder);
			const seen = await look(page, place, runs, requests).finally(page.stop);
			found.push({ ...seen, firstPage: median([...first, seen.firstPage]) });
		} finally {
			await place.remove();
		}
	}
	return found;
}
