/**
 * What a signal costs in the journal: `node bench/journal.ts [signals] [rounds]`. Beside SQLite: the same text appended to a
 * file with fdatasync; beside Redis (started here, every write on its disk before it is answered): SET of the same text.
 * One signal at a time, and 32 at a time, which may share what is waited for. In turns; medians over the rounds.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createRedisStore } from '../src/adapters/stores/redis.ts';
import { createSqliteStore } from '../src/adapters/stores/sqlite.ts';
import { type JournalEntry, runInputSchema } from '../src/core/run.ts';
import type { Store } from '../src/core/store.ts';
import { teamSchema } from '../src/core/team.ts';
import { createJournal } from '../src/runs/journal.ts';
import { createLeases } from '../src/runs/leases.ts';
import { systemClock as clock } from '../src/system-clock.ts';
import { startRedis } from '../tests/support/redis.ts';
import { type Finding, findingsTable } from './findings.ts';
import { median } from './statistics.ts';

const AT_ONCE = 32;
const signals = Number(process.argv[2] ?? 640);
const rounds = Number(process.argv[3] ?? 9);

/** An answer of 400 words, as agents give them. */
const entry: JournalEntry = {
	v: 1,
	type: 'signalled',
	at: 1_800_000_000_000,
	signal: { type: 'answered', agent: 'writer', attempt: 1, content: 'word '.repeat(400) },
	calls: [],
};
const text = JSON.stringify(entry);

/** Writes so many signals, so many at a time. */
type Writer = (count: number, atOnce: number) => Promise<void>;

async function journalIn(store: Store, run: string): Promise<Writer> {
	const team = teamSchema.parse({ name: 'bench', members: [{ id: 'writer', model: 'm' }], rules: {} });
	const [session, question] = ['bench:local:c:t', 'Q'];
	const input = runInputSchema.parse({ session, question, team, names: {}, retryOf: null, history: [] });
	const record = { id: run, session, question, team: 'bench', status: 'running', result: null, startedAt: 1 } as const;
	const leases = createLeases({ store, clock, shared: null });
	const journal = await createJournal(store, leases, record, { v: 1, type: 'opened', at: 1, run, input });
	return inGroups((size) => Promise.all(Array.from({ length: size }, () => journal.append(entry))));
}

const inGroups =
	(write: (size: number) => unknown): Writer =>
	async (count, atOnce) => {
		for (let made = 0; made < count; made += atOnce) await write(Math.min(atOnce, count - made));
	};

const folder = mkdtempSync(join(tmpdir(), 'massgen-bench-'));
const server = await startRedis();
const file = openSync(join(folder, 'floor'), 'a');
const client = new Redis(server.url);
const sqlite = await createSqliteStore({ dataDir: join(folder, 'data'), clock });
const redis = await createRedisStore({ url: server.url, prefix: 'bench', clock, onNotice: () => {} });
const writers: Readonly<Record<'sqlite' | 'fsync' | 'redis' | 'set', Writer>> = {
	sqlite: await journalIn(sqlite, 'run'),
	fsync: inGroups((size) => {
		for (let written = 0; written < size; written += 1) writeSync(file, text);
		fdatasyncSync(file);
	}),
	redis: await journalIn(redis, 'run'),
	set: inGroups((size) => Promise.all(Array.from({ length: size }, (_, at) => client.set(`floor:${at}`, text)))),
};
type Name = keyof typeof writers;
const names = Object.keys(writers) as Name[];

/** Milliseconds for a signal, by writer, in each round. */
async function measure(atOnce: number): Promise<Record<Name, number[]>> {
	const found: Record<Name, number[]> = { sqlite: [], fsync: [], redis: [], set: [] };
	for (const name of names) await writers[name](atOnce * 4, atOnce);
	for (let round = 0; round < rounds; round += 1) {
		for (let at = 0; at < names.length; at += 1) {
			const name = names[(at + round) % names.length] ?? 'set';
			const begun = performance.now();
			await writers[name](signals, atOnce);
			found[name].push((performance.now() - begun) / signals);
		}
	}
	return found;
}

function findingsOf(atOnce: number, found: Record<Name, number[]>): Finding[] {
	const row = (ours: Name, floor: Name, where: string, beside: string): Finding => ({
		what: `a signal in the journal in ${where}, ${atOnce} at a time`,
		value: median(found[ours].map((ms, round) => ms / (found[floor][round] ?? Number.NaN))),
		unit: `x ${beside}`,
		goal: null,
		beside: `${median(found[ours]).toFixed(3)} ms against ${median(found[floor]).toFixed(3)} ms`,
	});
	return [row('sqlite', 'fsync', 'SQLite', 'append and fdatasync'), row('redis', 'set', 'Redis', 'SET')];
}

const findings: Finding[] = [];
for (const atOnce of [1, AT_ONCE]) findings.push(...findingsOf(atOnce, await measure(atOnce)));
console.log(findingsTable(findings));
console.log(`\n${signals} signals of ${text.length} bytes in a round, ${rounds} rounds.`);

await Promise.all([sqlite.close(), redis.close(), client.quit()]);
closeSync(file);
await server.remove();
rmSync(folder, { recursive: true });
