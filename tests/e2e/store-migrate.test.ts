import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createRedisStore } from '../../src/adapters/stores/redis.ts';
import { createSqliteStore } from '../../src/adapters/stores/sqlite.ts';
import type { Store, StoreChange } from '../../src/core/store.ts';
import { systemClock as clock } from '../../src/system-clock.ts';
import { massgen, temporaryFolder } from '../support/command.ts';
import { startRedis } from '../support/redis.ts';
import { requireService } from '../support/services.ts';

const SLOW = { timeout: 60_000 };
const KINDS = ['thing', 'k\u{1f600}', '\ud800', 'a:b', '*'];
const LOGS = ['journal/1', '\uffee', '[x]?'];

beforeEach((context) => requireService('redis', context));

async function places() {
	const folder = await temporaryFolder();
	onTestFinished(() => folder.remove());
	const server = await startRedis();
	onTestFinished(() => server.remove());
	return { folder: folder.path, server };
}

const sqlite = (dataDir: string) => createSqliteStore({ dataDir, clock });
const redis = (url: string) => createRedisStore({ url, prefix: 'massgen', clock, onNotice: () => {} });
const migrate = (from: string, to: string) => massgen(['store', 'migrate', from, to]);

const keys = ['b', 'a', 'é', '\u{1f600}', '\ud83d', '__proto__', 'x'.repeat(200)];
const values = [null, 0, 'text', { deep: [1, { 'ü ': false }] }, 'x'.repeat(100_000), [], 'n\0'];

async function fill(store: Store): Promise<void> {
	for (const kind of KINDS) {
		await store.commit(keys.map((key, index) => ({ type: 'put', kind, key, value: values[index] })));
		await store.commit([{ type: 'put', kind, key: 'a', value: 'again' }]);
		await store.commit(['b', '__proto__'].map((key) => ({ type: 'delete', kind, key })));
	}
	for (const log of LOGS) {
		const entries = Array.from({ length: 250 }, (_, n): StoreChange => ({ type: 'append', log, value: { n, log } }));
		await store.commit(entries);
	}
}

async function contents(store: Store) {
	const found: Record<string, unknown> = {};
	for (const kind of KINDS) found[`kind ${kind}`] = await store.list(kind, { limit: 1_000 });
	for (const log of LOGS) found[`log ${log}`] = await store.read(log, { after: 0, limit: 10_000 });
	return found;
}

describe('npm run store -- migrate', () => {
	it('moves everything from a data folder to Redis and back, and says what it moved', SLOW, async () => {
		const { folder, server } = await places();
		const [first, second] = [join(folder, 'first'), join(folder, 'second')];
		const source = await sqlite(first);
		await fill(source);
		const expected = await contents(source);
		await source.close();
		const there = await migrate(first, server.url);
		expect(there).toMatchObject({ code: 0, stderr: '' });
		const said = /25 records \(and the versions of 10 that were deleted\), 750 entries in 3 logs\.\n.*SHA-256 (\w{64})/;
		const [, checksum = ''] = said.exec(there.stdout) ?? [];
		expect(checksum).not.toBe('');
		const between = await redis(server.url);
		expect(await contents(between)).toEqual(expected);
		await between.close();
		const back = await migrate(server.url, second);
		expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining(checksum) });
		for (const store of [await sqlite(second), await redis(server.url)]) {
			onTestFinished(() => store.close());
			expect(await contents(store)).toEqual(expected);
			expect(await store.commit([{ type: 'put', kind: 'thing', key: 'a', value: 1 }])).toEqual([3]);
			// A fencing token of a deleted record stays stale.
			expect(await store.commit([{ type: 'put', kind: 'thing', key: 'b', value: 1, version: 0 }])).toEqual([2]);
			expect(await store.commit([{ type: 'append', log: 'journal/1', value: 1, seq: 251 }])).toEqual([251]);
		}
	});

	it('refuses a place that is not empty, one way and the other', SLOW, async () => {
		const { folder, server } = await places();
		const dataDir = join(folder, 'data');
		for (const store of [await sqlite(dataDir), await redis(server.url)]) {
			await store.commit([{ type: 'append', log: 'log', value: 1 }]);
			await store.close();
		}
		const there = await migrate(dataDir, server.url);
		expect(there).toMatchObject({
			code: 1,
			stderr: expect.stringMatching(/because Redis at \S+ under massgen:\* is not empty/),
		});
		const back = await migrate(server.url, dataDir);
		expect(back).toMatchObject({ code: 1, stderr: expect.stringMatching(/because the data folder \S+ is not empty/) });
	});

	it('moves nothing out of a folder that is in use, has no database, or is no store', SLOW, async () => {
		const { folder, server } = await places();
		const empty = join(folder, 'empty');
		await mkdir(empty);
		expect(await migrate(empty, server.url)).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('There is no massgen.db in'),
		});
		const used = await sqlite(join(folder, 'used'));
		onTestFinished(() => used.close());
		expect((await migrate(join(folder, 'used'), server.url)).stderr).toMatch(/is in use by process \d+/);
		await writeFile(join(empty, 'massgen.db'), 'no database, but long enough to be looked at as one'.repeat(100));
		expect((await migrate(empty, server.url)).stderr).toContain('is damaged or no database at all');
		expect(await server.command('DBSIZE')).toBe(':0\r\n');
	});

	it.each([[[]], [['migrate', 'data']], [['move', 'a', 'b']]])('%j is told how to say it', async (words) => {
		const { code, stderr } = await massgen(['store', ...words]);
		expect({ code, stderr }).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('npm run store -- migrate data'),
		});
	});
});
