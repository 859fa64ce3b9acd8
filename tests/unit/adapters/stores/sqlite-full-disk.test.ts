import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { createDatabaseStore } from '../../../../src/adapters/stores/sqlite/database-store.ts';
import { openDatabase } from '../../../../src/adapters/stores/sqlite/open-database.ts';
import { createSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import type { Store } from '../../../../src/core/store.ts';
import { stillClock, temporaryFolders } from './folders.ts';

const newFolder = temporaryFolders();
const system = (program: string, args: string[]) => spawnSync(program, args, { encoding: 'utf8' });
const fullAt = (dataDir: string) =>
	expect.objectContaining({
		code: 'store_full',
		userMessage: expect.stringContaining(`The disk that holds the data folder ${dataDir} is full`),
	});

/** Appends numbered entries of 8 KB, each with a record beside it, until one is refused; gives how many were made. */
async function fill(store: Store, dataDir: string): Promise<number> {
	for (let made = 0; ; made += 1) {
		const commit = store.commit([
			{ type: 'put', kind: 'count', key: 'latest', value: made + 1 },
			{ type: 'append', log: 'log', value: { number: made + 1, ballast: 'x'.repeat(8_000) } },
		]);
		const refused = await commit.then(
			() => null,
			(thrown: unknown) => thrown,
		);
		if (refused === null) continue;
		expect(refused).toEqual(fullAt(dataDir));
		return made;
	}
}

async function expectExactly(store: Store, made: number): Promise<void> {
	const entries = await store.read('log', { after: 0, limit: 10_000 });
	expect(entries.map((entry) => (entry.value as { number: number }).number)).toEqual(
		entries.map((_, index) => index + 1),
	);
	expect(entries).toHaveLength(made);
	expect(await store.get('count', 'latest')).toEqual({ key: 'latest', value: made, version: made });
}

const next = (made: number, size = 8_000) =>
	[
		{ type: 'put', kind: 'count', key: 'latest', value: made + 1, version: made },
		{ type: 'append', log: 'log', value: { number: made + 1, ballast: 'x'.repeat(size) } },
	] as const;

describe('a database that may not grow (max_page_count)', () => {
	function openLimited(pages: number) {
		const database = openDatabase(newFolder(), stillClock);
		const limit = (count: number) => database.db.exec(`PRAGMA max_page_count = ${count}`);
		limit(pages);
		return { store: createDatabaseStore(database), dataDir: database.dataDir, limit };
	}

	it('refuses what does not fit, keeps the rest readable, and goes on when there is space', async () => {
		const { store, dataDir, limit } = openLimited(100);
		const made = await fill(store, dataDir);
		expect(made).toBeGreaterThan(10);
		await expectExactly(store, made);
		await expect(store.commit(next(made))).rejects.toEqual(fullAt(dataDir));
		limit(1_000);
		expect(await store.commit(next(made))).toEqual([made + 1, made + 1]);
		await expectExactly(store, made + 1);
		await store.close();
	});

	it('fails all commits of a transaction that the disk refused, and none after it', async () => {
		const { store, dataDir } = openLimited(100);
		const small = (key: string) => store.commit([{ type: 'put', kind: 'small', key, value: 1 }]);
		const group = [small('a'), store.commit(next(0, 1_000_000)), small('b')];
		const outcomes = await Promise.allSettled(group);
		for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: fullAt(dataDir) });
		expect(await store.list('small', { limit: 10 })).toEqual([]);
		expect(await Promise.all([small('a'), small('b')])).toEqual([[1], [1]]);
		await store.close();
	});

	it('wakes no watch for what was not saved', async () => {
		const { store, dataDir } = openLimited(100);
		const stop = new AbortController();
		const waiting = store.watch('log', 0, stop.signal)[Symbol.asyncIterator]().next();
		await expect(store.commit(next(0, 1_000_000))).rejects.toEqual(fullAt(dataDir));
		await store.commit([{ type: 'append', log: 'log', value: 'fits' }]);
		expect(await waiting).toEqual({ done: false, value: { seq: 1, value: 'fits' } });
		await store.close();
	});
});

describe('a disk of 1 MB (tmpfs)', () => {
	/** Runs `work` on a small disk of its own. Mounting takes root; where that is not allowed, the test says so. */
	async function onSmallDisk(context: TestContext, work: (disk: string) => Promise<void>): Promise<void> {
		const disk = newFolder();
		const mounted = system('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
		if (mounted.status !== 0) {
			context.skip(`a tmpfs cannot be mounted here: ${mounted.error?.message ?? mounted.stderr.trim()}`);
		}
		try {
			await work(disk);
		} finally {
			system('umount', ['-l', disk]);
		}
	}

	it('appends until the disk is full, goes on after something else was deleted, and loses nothing', async (context) => {
		await onSmallDisk(context, async (disk) => {
			const dataDir = join(disk, 'data');
			const ballast = [join(disk, 'first'), join(disk, 'second')] as const;
			mkdirSync(dataDir);
			for (const file of ballast) writeFileSync(file, Buffer.alloc(250_000));
			const open = () => createSqliteStore({ dataDir, clock: stillClock });
			const store = await open();
			let made = await fill(store, dataDir);
			expect(made).toBeGreaterThan(10);
			await expectExactly(store, made);
			rmSync(ballast[0]);
			for (let more = 0; more < 10; more += 1, made += 1) {
				expect(await store.commit(next(made))).toEqual([made + 1, made + 1]);
			}
			await expectExactly(store, made);
			await store.close();
			const reopened = await open();
			await expectExactly(reopened, made);
			rmSync(ballast[1]);
			expect(await reopened.commit(next(made))).toEqual([made + 1, made + 1]);
			await reopened.close();
		});
	});

	it('says so when the disk is already full at the start, and starts once there is space', async (context) => {
		await onSmallDisk(context, async (disk) => {
			const ballast = join(disk, 'ballast');
			const fillDisk = () => writeFileSync(ballast, Buffer.alloc(1_048_576));
			const dataDir = join(disk, 'data');
			mkdirSync(dataDir);
			expect(() => fillDisk()).not.toThrow();
			const open = () => createSqliteStore({ dataDir, clock: stillClock });
			await expect(open()).rejects.toEqual(fullAt(dataDir));
			rmSync(ballast);
			const store = await open();
			expect(await store.commit([{ type: 'append', log: 'log', value: 1 }])).toEqual([1]);
			await store.close();
		});
	});
});
