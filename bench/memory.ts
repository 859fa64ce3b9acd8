/**
 * What remembering costs and finds: `node bench/memory.ts [sizes ...]`. Recall of one channel at 100, 2,000 and 20,000
 * memories, over SQLite and (where redis-server is there) Redis, with the local embedder, as a run waits for it; how often
 * the right memory is among the first five, against BM25 and the embedder alone.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalEmbedder } from '../src/adapters/memory/mem0/embedders.ts';
import { newItem, unitVector } from '../src/adapters/memory/mem0/item.ts';
import { byMeaning, byWords } from '../src/adapters/memory/mem0/ranking.ts';
import { createShelves } from '../src/adapters/memory/mem0/shelves.ts';
import { createMem0Memory } from '../src/adapters/memory/mem0.ts';
import { createRedisStore } from '../src/adapters/stores/redis.ts';
import { createSqliteStore } from '../src/adapters/stores/sqlite.ts';
import { placeOf } from '../src/core/memory.ts';
import type { Store } from '../src/core/store.ts';
import { createConsents } from '../src/memory/consents.ts';
import { createMemoryBook } from '../src/memory/memory-book.ts';
import { channelSpace } from '../src/memory/spaces.ts';
import { systemClock } from '../src/system-clock.ts';
import { markdownTable } from './findings.ts';
import { pairs } from './memory-pairs.ts';
import { quantile } from './statistics.ts';

const SESSION = 'slack:T1:C1:1';
const PORT = 16_399;
const MOST = 20_000;
const ROUNDS = 4;
/** Memories among which the right one is looked for; all have real vectors. */
const AMONG = 1_000;
const SUBJECTS = [
	'The printer',
	'The tram',
	'A gardener',
	'The second team',
	'Our bakery',
	'The old bridge',
	'A sailor',
];
const VERBS = ['moves', 'closes', 'repairs', 'paints', 'orders', 'counts', 'visits', 'describes'];
const OBJECTS = ['lamps', 'maps', 'stones', 'tickets', 'chairs', 'letters', 'engines', 'plants', 'songs'];

const space = channelSpace(SESSION);
const source = { session: SESSION, run: 'r0', by: null, trust: 'learned' } as const;
const sizes = process.argv.slice(2).map(Number);
const embedder = createLocalEmbedder();
const folder = await mkdtemp(join(tmpdir(), 'massgen-bench-'));
const common = { clock: systemClock, embedder, most: MOST, dataDir: folder, onProblem() {} };

const pick = (list: readonly string[], at: number) => list[at % list.length] ?? '';
const filler = (n: number) =>
	`${pick(SUBJECTS, n)} ${pick(VERBS, Math.floor(n / 7))} ${pick(OBJECTS, Math.floor(n / 56))} in lot ${n}`;

/** Vectors of filler are made up: only their number matters for the time. */
function vectorOf(n: number): number[] {
	let state = n + 1;
	return Array.from({ length: 512 }, () => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647 - 0.5;
	});
}

async function fill(store: Store, count: number, embed: (text: string, n: number) => Promise<readonly number[]>) {
	const shelves = createShelves({ store, clock: systemClock, most: MOST });
	const own = await Promise.all(pairs.map(async ([fact]) => ({ text: fact, vector: await embedder.embed(fact) })));
	const rest: typeof own = [];
	for (let n = 0; n < count - own.length; n += 1) {
		rest.push({ text: filler(n), vector: await embed(filler(n), n) });
	}
	const all = [...own, ...rest].map(({ text, vector }, n) => {
		const payload = { data: text, source, place: placeOf(SESSION), keptAt: n, user_id: space.id };
		return newItem({ id: `m${n}`, payload, vector: unitVector(vector), embedder: embedder.id, usedAt: null });
	});
	for (let at = 0; at < all.length; at += 1_000) {
		await shelves.write(space, () => ({ put: all.slice(at, at + 1_000) }));
	}
}

/** A run's wait and the CPU time of it in milliseconds, after the first one, which loads everything. */
async function waits(store: Store) {
	const engine = createMem0Memory({ store, ...common });
	const consents = createConsents(store, { retentionDays: null });
	const times: number[] = [];
	const cpu: number[] = [];
	const options = { recallLimit: 8, recallMs: 60_000, say: (key: string) => key, onScrubbed() {} };
	const book = createMemoryBook({ ...common, store, engine, consents, ...options });
	for (let round = 0; round <= ROUNDS; round += 1) {
		for (const [, question] of pairs) {
			const start = performance.now();
			const before = process.cpuUsage();
			await book.recall({ session: SESSION, requester: null, question: `${question} ${'?'.repeat(round)}`, known: [] });
			times.push(performance.now() - start);
			const { user, system } = process.cpuUsage(before);
			cpu.push((user + system) / 1_000);
		}
	}
	const [first = Number.NaN] = times;
	return { first, times: times.slice(pairs.length), cpu: cpu.slice(pairs.length) };
}

async function row(driver: string, store: Store, count: number): Promise<string[]> {
	await fill(store, count, async (_text, n) => vectorOf(n));
	const { first, times, cpu } = await waits(store);
	await store.close();
	const ms = (value: number) => `${value.toFixed(1)} ms`;
	const quantiles = (values: readonly number[]) => [0.5, 0.95, 0.99].map((q) => ms(quantile(values, q)));
	return [driver, String(count), ...quantiles(times), ...quantiles(cpu), ms(first)];
}

async function hits(): Promise<string> {
	const dataDir = join(folder, 'hits');
	const store = await createSqliteStore({ dataDir, clock: systemClock });
	await fill(store, AMONG, (text) => embedder.embed(text));
	const engine = createMem0Memory({ store, ...common });
	const items = [...(await createShelves({ store, clock: systemClock, most: MOST }).read(space)).items.values()];
	const found = { hybrid: 0, words: 0, meaning: 0 };
	for (const [fact, question] of pairs) {
		const vector = unitVector(await embedder.embed(question));
		const isIn = (texts: readonly string[]) => (texts.slice(0, 5).includes(fact) ? 1 : 0);
		found.hybrid += isIn((await engine.search(space, { question, limit: 5 })).map(({ text }) => text));
		found.words += isIn(byWords(items, question).map(({ item }) => item.payload.data));
		found.meaning += isIn(byMeaning(items, vector, embedder.id).map(({ item }) => item.payload.data));
	}
	await store.close();
	const share = (count: number) => `${count} of ${pairs.length}`;
	const cells = [`${AMONG} memories`, share(found.hybrid), share(found.words), share(found.meaning)];
	return markdownTable(['right one among the first five', 'through mem0', 'BM25 alone', 'embedder alone'], [cells]);
}

async function startRedis(): Promise<ChildProcess | null> {
	if (spawnSync('redis-server', ['--version']).status !== 0) return null;
	const settings = ['--port', String(PORT), '--dir', folder, '--appendonly', 'yes', '--save', ''];
	const server = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
	for await (const part of server.stdout) if (String(part).includes('Ready to accept')) break;
	server.stdout.resume();
	return server;
}

const server = await startRedis();
try {
	const rows: string[][] = [];
	for (const count of sizes.length === 0 ? [100, 2_000, 20_000] : sizes) {
		const dataDir = join(folder, `sqlite-${count}`);
		rows.push(await row('SQLite', await createSqliteStore({ dataDir, clock: systemClock }), count));
		if (server === null) continue;
		const place = { url: `redis://127.0.0.1:${PORT}`, prefix: `bench-${count}`, clock: systemClock };
		rows.push(await row('Redis', await createRedisStore({ ...place, onNotice: () => {} }), count));
	}
	console.log(markdownTable(['store', 'memories', 'p50', 'p95', 'p99', 'of CPU', 'p95', 'p99', 'first'], rows));
	console.log(`\n${await hits()}`);
} finally {
	server?.kill();
	await rm(folder, { recursive: true, force: true });
}
