import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import { ARCHIVE_PAGE, type Archive, type Kept } from '../shared/archive.ts';
import { decodeName, encodeName } from '../shared/name-codec.ts';
import { toStoreError } from './failure.ts';
import { type OpenDatabase, openDatabase } from './open-database.ts';

const RECORDS = `SELECT kind, key, version, value FROM (
	SELECT kind, key, version, value FROM record UNION ALL SELECT kind, key, version, NULL FROM deleted
) ORDER BY kind, value IS NULL, key`;
const ENTRIES = 'SELECT log, seq, value FROM entry ORDER BY log, seq';

type Row = Record<string, unknown>;

const toRecord = ({ kind, key, version, value }: Row): Kept => ({
	type: 'record',
	kind: decodeName(String(kind)),
	key: decodeName(String(key)),
	version: Number(version),
	text: value === null ? null : String(value),
});

const toEntry = ({ log, seq, value }: Row): Kept => ({
	type: 'entry',
	log: decodeName(String(log)),
	seq: Number(seq),
	text: String(value),
});

function createArchive({ db, dataDir, release }: OpenDatabase): Archive {
	const put = db.prepare('INSERT INTO record (kind, key, version, value) VALUES (?, ?, ?, ?)');
	const bury = db.prepare('INSERT INTO deleted (kind, key, version) VALUES (?, ?, ?)');
	const append = db.prepare('INSERT INTO entry (log, seq, value) VALUES (?, ?, ?)');
	const insert = (kept: Kept) => {
		if (kept.type === 'entry') return append.run(encodeName(kept.log), kept.seq, kept.text);
		const place = [encodeName(kept.kind), encodeName(kept.key), kept.version] as const;
		return kept.text === null ? bury.run(...place) : put.run(...place, kept.text);
	};
	async function* all() {
		let page: Kept[] = [];
		for (const [query, read] of [
			[RECORDS, toRecord],
			[ENTRIES, toEntry],
		] as const) {
			for (const row of db.prepare(query).iterate()) {
				page.push(read(row));
				if (page.length < ARCHIVE_PAGE) continue;
				yield page;
				page = [];
			}
		}
		if (page.length > 0) yield page;
	}
	return {
		name: `the data folder ${dataDir}`,
		all,
		async fill(pages) {
			db.exec('BEGIN IMMEDIATE');
			try {
				for await (const page of pages) for (const kept of page) insert(kept);
				db.exec('COMMIT');
			} catch (thrown) {
				if (db.isTransaction) db.exec('ROLLBACK');
				throw toStoreError(thrown, dataDir);
			}
		},
		close: async () => release(),
	};
}

/** `isNew`: the folder may have nothing yet; otherwise a folder without a database is refused. See `openDatabase`. */
export async function openSqliteArchive(options: { dataDir: string; clock: Clock; isNew: boolean }): Promise<Archive> {
	const dataDir = resolve(options.dataDir);
	if (!options.isNew && !existsSync(join(dataDir, 'massgen.db'))) {
		throw new BotError(
			'input_invalid',
			`There is no massgen.db in ${dataDir}, so there is nothing to move from there.`,
		);
	}
	const database = openDatabase(dataDir, options.clock);
	try {
		return createArchive(database);
	} catch (thrown) {
		database.release();
		throw toStoreError(thrown, dataDir);
	}
}
