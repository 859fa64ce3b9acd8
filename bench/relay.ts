import { type PageProcess, startPage } from './page-process.ts';
import { askPage, type Watched, watchThread } from './page-reader.ts';
import type { Server } from './processes.ts';
import { pageFloor, pageOf } from './programs.ts';
import { atOnce, type Behaviour, type Expected } from './provider-script.ts';
import { quantile } from './statistics.ts';
import { openWorkplace } from './workplace.ts';

export interface RelayLoad {
	/** Threads that are written at the same time, with a reader each. */
	readers: number;
	/** Tokens of the final in the two measurements, whose difference is the cost of a token. */
	long: number;
	short: number;
	/** Threads before the measurement. */
	warmup: number;
}

/** What a page makes of a provider's tokens. */
export interface Relayed {
	/** From a token on the provider's socket to its event at the reader, in milliseconds. */
	p50: number;
	p99: number;
	/** The longest wait for the end of a final, in milliseconds. */
	longestEnd: number;
	/** Processor time for one more token, in microseconds. */
	cpuPerToken: number;
	/** The most changes of one message within a second. */
	editsPerSecond: number;
}

/** As fast as people see a large model write. */
const PACE = { ttftMs: 50, tokensPerSec: 60, tokensPerChunk: 1, answerTokens: 8, voteTokens: 4, stamped: true };

async function writeThreads(server: Server, page: PageProcess, count: number, behaviour: Partial<Behaviour>) {
	await server.ask('/config', { ...atOnce, ...PACE, ...behaviour });
	const { finalChars } = await server.ask<Expected>('/expected');
	const before = page.cpuMs();
	const watched = await Promise.all(
		Array.from({ length: count }, async () => watchThread(page.address, await askPage(page.address, 'What is late?'))),
	);
	if (watched.some((one) => one.finalChars !== finalChars)) throw new Error('a final did not arrive whole');
	return { watched, cpuMs: page.cpuMs() - before };
}

async function relayOnce(server: Server, page: PageProcess, load: RelayLoad): Promise<Relayed> {
	const { readers, long, short, warmup } = load;
	await writeThreads(server, page, warmup, { tokensPerSec: 400, finalTokens: long });
	const much = await writeThreads(server, page, readers, { finalTokens: long });
	const little = await writeThreads(server, page, readers, { finalTokens: short });
	const delays = much.watched.flatMap((one) => one.delays);
	return {
		p50: quantile(delays, 0.5),
		p99: quantile(delays, 0.99),
		longestEnd: Math.max(...[...much.watched, ...little.watched].map(({ endDelay }) => endDelay)),
		cpuPerToken: ((much.cpuMs - little.cpuMs) * 1_000) / (readers * (long - short)),
		editsPerSecond: Math.max(...much.watched.map(mostEdits)),
	};
}

/** The most changes of one message within any second. */
function mostEdits({ changes }: Watched): number {
	const counts = [...changes.values()].flatMap((times) =>
		times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length),
	);
	return Math.max(0, ...counts);
}

/** Our page and the floor's, in turns. */
export async function measureRelay(server: Server, load: RelayLoad, repetitions: number) {
	const found: { ours: Relayed; floor: Relayed }[] = [];
	const relayed = async (command: readonly string[], env: NodeJS.ProcessEnv, cwd: string) => {
		const page = await startPage(command, env, cwd);
		try {
			return await relayOnce(server, page, load);
		} finally {
			await page.stop();
		}
	};
	for (let repetition = 0; repetition < repetitions; repetition += 1) {
		const place = await openWorkplace(server);
		try {
			const ours = await relayed(pageOf(place), place.env, place.folder);
			const floor = await relayed(pageFloor, { ...place.env, PROVIDER: server.url }, place.folder);
			found.push({ ours, floor });
		} finally {
			await place.remove();
		}
	}
	return found;
}
