import { chmodSync, closeSync, mkdirSync, openSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { stillClock, temporaryFolders } from './folders.ts';

const newFolder = temporaryFolders();
const open = (dataDir: string) => createSqliteStore({ dataDir, clock: stillClock });
const fails = (message: string | RegExp) =>
	expect.objectContaining({ code: 'store_failed', userMessage: expect.stringMatching(message) });
const mode = (path: string) => statSync(path).mode & 0o777;

/** A folder with a closed store of some size. */
async function usedFolder(): Promise<string> {
	const dataDir = newFolder();
	const store = await open(dataDir);
	for (let n = 0; n < 20; n += 1) await store.commit([{ type: 'append', log: 'log', value: 'x'.repeat(10_000) }]);
	await store.close();
	return dataDir;
}

function change(dataDir: string, sql: string): void {
	const db = new DatabaseSync(join(dataDir, 'massgen.db'));
	db.exec(sql);
	db.close();
}

/** Runs `work` without the rights of root, under which every folder is writable. */
async function asNobody(work: () => Promise<void>): Promise<void> {
	if (process.getuid?.() !== 0) return work();
	process.seteuid?.(65_534);
	try {
		await work();
	} finally {
		process.seteuid?.(0);
	}
}

describe('opening a data folder', () => {
	it('creates missing folders and files for their owner alone', async () => {
		const parent = join(newFolder(), 'new');
		const dataDir = join(parent, 'data');
		const store = await open(dataDir);
		expect([mode(parent), mode(dataDir)]).toEqual([0o700, 0o700]);
		for (const file of ['massgen.db', 'massgen.db-wal', 'massgen.pid']) expect(mode(join(dataDir, file))).toBe(0o600);
		await store.close();
	});

	it('leaves the mode of an existing folder alone', async () => {
		const dataDir = newFolder();
		chmodSync(dataDir, 0o750);
		await (await open(dataDir)).close();
		expect(mode(dataDir)).toBe(0o750);
	});

	it('makes the commits that were called before close, then closes', async () => {
		const dataDir = newFolder();
		const store = await open(dataDir);
		const commit = store.commit([{ type: 'append', log: 'log', value: 'last' }]);
		await store.close();
		expect(await commit).toEqual([1]);
		const next = await open(dataDir);
		expect(await next.read('log', { after: 0, limit: 1 })).toEqual([{ seq: 1, value: 'last' }]);
		await next.close();
	});

	it('says so when the path is a file, or leads through one', async () => {
		const file = join(newFolder(), 'file');
		writeFileSync(file, '');
		const message = /data folder .*file.* is not a folder\. Move that file away, or set DATA_DIR/;
		await expect(open(file)).rejects.toEqual(fails(message));
		await expect(open(join(file, 'data'))).rejects.toEqual(fails(message));
	});

	it('says so when the folder, its parent or the database may not be written', async () => {
		const readOnly = newFolder();
		const used = await usedFolder();
		chmodSync(used, 0o777);
		chmodSync(join(used, 'massgen.db'), 0o444);
		chmodSync(readOnly, 0o555);
		await asNobody(async () => {
			const message = /cannot be written to\. Give this user the right to write there, or set DATA_DIR/;
			await expect(open(readOnly)).rejects.toEqual(fails(message));
			await expect(open(join(readOnly, 'data'))).rejects.toEqual(fails(message));
			await expect(open(used)).rejects.toEqual(fails(/massgen\.db in .* cannot be locked\. This user needs the right/));
		});
		chmodSync(readOnly, 0o700);
	});

	it('says so when massgen.db is a folder', async () => {
		const dataDir = newFolder();
		mkdirSync(join(dataDir, 'massgen.db'));
		await expect(open(dataDir)).rejects.toEqual(fails(/massgen\.db in .* cannot be opened\. It must be a file/));
	});

	it('says so when massgen.db is no database', async () => {
		const dataDir = newFolder();
		writeFileSync(
			join(dataDir, 'massgen.db'),
			'not a database, but a text of more than one hundred characters. '.repeat(20),
		);
		await expect(open(dataDir)).rejects.toEqual(fails(/massgen\.db in .* is damaged or no database at all\. Put back/));
	});

	it('says so when pages of the database are damaged or missing, at the latest when they are read', async () => {
		const overwritten = await usedFolder();
		const file = openSync(join(overwritten, 'massgen.db'), 'r+');
		writeSync(file, Buffer.alloc(60_000, 0x5a), 0, 60_000, 4_096);
		closeSync(file);
		const cut = await usedFolder();
		truncateSync(join(cut, 'massgen.db'), 40_960);
		for (const dataDir of [overwritten, cut]) {
			const use = async () => {
				const store = await open(dataDir);
				try {
					await store.read('log', { after: 0, limit: 100 });
				} finally {
					await store.close();
				}
			};
			await expect(use()).rejects.toEqual(fails(/is damaged/));
			// The failed attempt holds no lock: the second fails in the same way.
			await expect(use()).rejects.toEqual(fails(/is damaged/));
		}
	});

	it('says so when the database is from a newer version, and leaves it as it is', async () => {
		const dataDir = await usedFolder();
		change(dataDir, 'PRAGMA user_version = 2');
		await expect(open(dataDir)).rejects.toEqual(
			fails(/newer version of MassGen Chat \(its layout is 2, this version knows up to 1\)/),
		);
		change(dataDir, 'PRAGMA user_version = 1');
		const store = await open(dataDir);
		expect(await store.read('log', { after: 19, limit: 2 })).toHaveLength(1);
		await store.close();
	});

	it('says so when a table is missing, and lets go of the folder', async () => {
		const dataDir = await usedFolder();
		change(dataDir, 'DROP TABLE record');
		const message = /could not be used: no such table: record\. Repair that, or set DATA_DIR/;
		await expect(open(dataDir)).rejects.toEqual(fails(message));
		await expect(open(dataDir)).rejects.toEqual(fails(message));
	});

	it('says so when the database belongs to another program', async () => {
		const dataDir = newFolder();
		change(dataDir, 'CREATE TABLE theirs (id INTEGER)');
		await expect(open(dataDir)).rejects.toEqual(fails(/belongs to another program\. Move it away/));
	});
});
