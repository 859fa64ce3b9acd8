import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDatabaseStore } from '../../../../src/adapters/stores/sqlite/database-store.ts';
import { openDatabase } from '../../../../src/adapters/stores/sqlite/open-database.ts';
import type { StoreChange } from '../../../../src/core/store.ts';
import { stillClock, temporaryFolders } from './folders.ts';

const newFolder = temporaryFolders();

function openStore() {
	const database = openDatabase(newFolder(), stillClock);
	return { ...database, store: createDatabaseStore(database) };
}

/** Number of transactions in the write-ahead log: frames that say how large the database is after a commit. */
function transactions(dataDir: string): number {
	const log = readFileSync(join(dataDir, 'massgen.db-wal'));
	const salt = log.readUInt32BE(16);
	const size = 24 + log.readUInt32BE(8);
	let found = 0;
	for (let at = 32; at + size <= log.length && log.readUInt32BE(at + 8) === salt; at += size) {
		if (log.readUInt32BE(at + 4) > 0) found += 1;
	}
	return found;
}

const put = (key: string, version?: number): StoreChange =>
	version === undefined
		? { type: 'put', kind: 'thing', key, value: key }
		: { type: 'put', kind: 'thing', key, value: key, version };

describe('group commit', () => {
	it('makes the commits of one turn of the event loop in one transaction, conflicts and all', async () => {
		const { store, dataDir } = openStore();
		const before = transactions(dataDir);
		const commits = Array.from({ length: 200 }, (_, n) => store.commit([put(`k${n}`, n % 10 === 0 ? 7 : 0)]));
		const outcomes = await Promise.allSettled(commits);
		expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(180);
		expect(transactions(dataDir) - before).toBe(1);
		await store.commit([put('alone')]);
		expect(transactions(dataDir) - before).toBe(2);
		await store.close();
	});

	it('asks the system to have every transaction on the disk before it goes on', async () => {
		const { store, db } = openStore();
		const full = 2;
		expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: full });
		expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
		await store.close();
	});

	it('fails all commits of a transaction whose COMMIT fails, and goes on with the next', async () => {
		const { store, db } = openStore();
		db.exec(`CREATE TABLE parent (id INTEGER PRIMARY KEY);
			CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
			CREATE TRIGGER poison AFTER INSERT ON entry WHEN new.log = 'poison' BEGIN INSERT INTO child VALUES (1); END`);
		const group = [put('a'), { type: 'append', log: 'poison', value: 1 }, put('b')] as const;
		const outcomes = await Promise.allSettled(group.map((change) => store.commit([change])));
		for (const outcome of outcomes) {
			expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'store_failed' } });
		}
		expect(await store.list('thing', { limit: 10 })).toEqual([]);
		expect(await store.commit([put('a', 0)])).toEqual([1]);
		await store.close();
	});

	it('fails a commit alone that the database refuses without giving up the transaction', async () => {
		const { store, db } = openStore();
		db.exec(
			`CREATE TRIGGER refuse BEFORE INSERT ON record WHEN new.key = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END`,
		);
		const outcomes = await Promise.allSettled([
			store.commit([put('a')]),
			store.commit([put('half'), put('bad')]),
			store.commit([put('b')]),
		]);
		expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
		expect((await store.list('thing', { limit: 10 })).map((record) => record.key)).toEqual(['a', 'b']);
		await store.close();
	});
});
