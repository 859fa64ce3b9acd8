import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openRedisArchive } from '../../src/adapters/stores/redis/archive.ts';
import { createRedisStore } from '../../src/adapters/stores/redis.ts';
import type { Archive } from '../../src/adapters/stores/shared/archive.ts';
import { openSqliteArchive } from '../../src/adapters/stores/sqlite/archive.ts';
import type { Role } from '../../src/app/roles.ts';
import { type App, createApp } from '../../src/app.ts';
import type { RunEvent } from '../../src/core/run-event.ts';
import { encodeSessionId } from '../../src/core/session-id.ts';
import { systemClock } from '../../src/system-clock.ts';
import { temporaryFolder } from '../support/command.ts';
import { startRedis } from '../support/redis.ts';
import { requireService } from '../support/services.ts';

const FILE = 'tests/e2e/fixtures/memory.yaml';
const SLOW = { timeout: 120_000 };
const PERSON = { platform: 'terminal', tenant: 'local', user: 'local', roles: [], kind: 'member' } as const;
const sessionIn = (channel: string, thread: string) => encodeSessionId({ ...PERSON, channel, thread });
const HERE = sessionIn('harbour', 'one');
/** In no question and in no answer, so wherever it stands it is a memory. */
const CANARY = 'Zyx';

let data: string;
beforeEach(async () => {
	const folder = await temporaryFolder();
	data = join(folder.path, 'data');
	return folder.remove;
});

/** The program with a way to do things in it, and what it said. */
async function open(env: Record<string, string>, role: Role = 'all') {
	const events: RunEvent[] = [];
	const said: string[] = [];
	const app: App = await createApp({
		...{ file: FILE, flags: {}, cwd: process.cwd(), terminal: null, web: false, chats: false },
		env: { DATA_DIR: data, ...env },
		role,
		observe: (event) => void events.push(event),
		onProblem: (text) => void said.push(text),
	});
	const command = async (name: string, options: Record<string, unknown>, session = HERE) => {
		const id = randomUUID();
		expect(await app.submit({ type: 'command', id, principal: PERSON, session, name, options })).toBeNull();
		return said.at(-1) ?? '';
	};
	/** Asks, and waits for the end; what the run was told is remembered. */
	const ask = async (question: string, session: string) => {
		const before = events.length;
		await command('ask', { question }, session);
		await vi.waitFor(() => expect(events.slice(before).at(-1)?.type).toBe('run_finished'), { timeout: 30_000 });
		await app.bot.settled();
		const started = events.slice(before).find((event) => event.type === 'run_started');
		return { run: started?.run ?? '', remembered: (started?.memories ?? []).map(({ text }) => text) };
	};
	const learned = (text: string) =>
		vi.waitFor(async () => expect(await command('memory', { action: 'show' })).toContain(text), { timeout: 30_000 });
	return { app, command, ask, learned };
}

/** Everything that the store holds: records, deleted ones, and logs. */
async function fullScan(archive: Archive): Promise<string> {
	const found: string[] = [];
	for await (const page of archive.all()) for (const kept of page) found.push(JSON.stringify(kept));
	await archive.close();
	return found.join('\n');
}

async function story(env: Record<string, string>, archive: () => Promise<Archive>): Promise<void> {
	const first = await open(env);
	expect((await first.ask('When does the gate open?', HERE)).remembered).toEqual([]);
	await first.learned('The Zyx gate opens at noon');
	expect(await first.command('memory', { action: 'show' })).not.toContain('agent1');
	await first.app.close();

	const second = await open(env);
	// Looking for it waits for whatever must be loaded first; a question does so only for a moment.
	expect(await second.command('memory', { action: 'search', text: 'gate' })).toContain('The Zyx gate');
	const again = await second.ask('When does the gate open?', sessionIn('harbour', 'two'));
	expect(again.remembered).toEqual(['The Zyx gate opens at noon']);
	expect((await second.ask('When does the gate open?', sessionIn('station', 'one'))).remembered).toEqual([]);
	await second.command('memory', { action: 'forget', all: true }, sessionIn('station', 'one'));
	await second.app.close();
	const scanned = await fullScan(await archive());
	expect(scanned).toContain(CANARY);
	for (const line of scanned.split('\n')) if (line.includes('"journal/')) expect(line).not.toContain(CANARY);

	const third = await open(env);
	const events = await third.app.runs.events(again.run);
	expect(JSON.stringify(events)).toContain(CANARY);
	expect(await third.command('memory', { action: 'forget', all: true })).toBe('Forgotten for good: 1.');
	expect(JSON.stringify(await third.app.runs.events(again.run))).not.toContain(CANARY);
	expect((await third.ask('When does the gate open?', sessionIn('harbour', 'two'))).run).not.toBe('');
	await third.command('memory', { action: 'off' });
	await third.command('memory', { action: 'forget', all: true });
	await third.app.close();
	expect(await fullScan(await archive())).not.toContain(CANARY);
}

describe('a channel remembers, and forgets for good', () => {
	it('with the data folder, not even in the free pages of its file', SLOW, async () => {
		await story({}, () => openSqliteArchive({ dataDir: data, clock: systemClock, isNew: false }));
		for (const name of await readdir(data, { recursive: true })) {
			const path = join(data, name);
			if ((await stat(path)).isFile()) expect((await readFile(path)).includes(CANARY), name).toBe(false);
		}
	});

	it('with Redis', SLOW, async (context) => {
		requireService('redis', context);
		const server = await startRedis();
		onTestFinished(() => server.remove());
		const place = { url: server.url, prefix: 'massgen', clock: systemClock };
		await story({ REDIS_URL: server.url }, () => openRedisArchive(place));
	});

	it(
		'learned by workers, who have the models; a gateway leaves to them what there is to learn',
		SLOW,
		async (context) => {
			requireService('redis', context);
			const server = await startRedis();
			onTestFinished(() => server.remove());
			const store = await createRedisStore({
				...{ url: server.url, prefix: 'massgen', clock: systemClock, onNotice: () => {} },
			});
			onTestFinished(() => store.close());
			await store.commit([{ type: 'put', kind: 'memory-due', key: 'gone', value: { tries: 0, notBefore: 0 } }]);
			const env = { REDIS_URL: server.url, AUDIT_KEY: Buffer.alloc(32, 7).toString('base64') };
			for (const [role, left] of [
				['gateway', 1],
				['worker', 0],
			] as const) {
				const { app } = await open(env, role);
				await app.close(60_000);
				expect(await store.list('memory-due', { limit: 10 }), role).toHaveLength(left);
			}
		},
	);
});
