import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LogEntry, StoredRecord } from '../../../core/store.ts';
import type { Tables } from '../shared/apply-changes.ts';
import { decodeName, encodeName } from '../shared/name-codec.ts';

/** The reads that a commit does not need. */
export interface SqliteTables extends Tables {
	get(kind: string, key: string): StoredRecord | null;
	list(kind: string, after: string, limit: number): readonly StoredRecord[];
	read(log: string, after: number, limit: number): readonly LogEntry[];
}

type Row = ReturnType<StatementSync['all']>[number];

const toRecord = (row: Row): StoredRecord => ({
	key: decodeName(String(row.key)),
	value: JSON.parse(String(row.value)),
	version: Number(row.version),
});

/** The database as the rows of a store. Statements are prepared once and end with the database. */
export function createSqliteTables(db: DatabaseSync): SqliteTables {
	const record = db.prepare('SELECT key, value, version FROM record WHERE kind = ? AND key = ?');
	const records = db.prepare('SELECT key, value, version FROM record WHERE kind = ? AND key > ? ORDER BY key LIMIT ?');
	const version = db.prepare('SELECT version AS found FROM record WHERE kind = ? AND key = ?');
	const lastVersion = db.prepare('SELECT version AS found FROM deleted WHERE kind = ? AND key = ?');
	const insert = db.prepare('INSERT INTO record (kind, key, version, value) VALUES (?, ?, ?, ?)');
	const update = db.prepare('UPDATE record SET version = ?, value = ? WHERE kind = ? AND key = ?');
	const remove = db.prepare('DELETE FROM record WHERE kind = ? AND key = ?');
	const bury = db.prepare('INSERT INTO deleted (kind, key, version) VALUES (?, ?, ?)');
	const unbury = db.prepare('DELETE FROM deleted WHERE kind = ? AND key = ?');
	const length = db.prepare('SELECT max(seq) AS found FROM entry WHERE log = ?');
	const append = db.prepare('INSERT INTO entry (log, seq, value) VALUES (?, ?, ?)');
	const drop = db.prepare('DELETE FROM entry WHERE log = ?');
	const entries = db.prepare('SELECT seq, value FROM entry WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?');
	const found = (row: Row | undefined) => Number(row?.found ?? 0);

	return {
		get(kind, key) {
			const row = record.get(encodeName(kind), encodeName(key));
			return row === undefined ? null : toRecord(row);
		},
		list: (kind, after, limit) => records.all(encodeName(kind), encodeName(after), limit).map(toRecord),
		read: (log, after, limit) =>
			entries
				.all(encodeName(log), after, limit)
				.map((row) => ({ seq: Number(row.seq), value: JSON.parse(String(row.value)) })),
		version: (kind, key) => found(version.get(encodeName(kind), encodeName(key))),
		lastVersion: (kind, key) => found(lastVersion.get(encodeName(kind), encodeName(key))),
		put(kind, key, next, text) {
			const place = [encodeName(kind), encodeName(key)] as const;
			if (update.run(next, text, ...place).changes === 1) return;
			insert.run(...place, next, text);
			if (next > 1) unbury.run(...place);
		},
		remove(kind, key, last) {
			remove.run(encodeName(kind), encodeName(key));
			bury.run(encodeName(kind), encodeName(key), last);
		},
		length: (log) => found(length.get(encodeName(log))),
		append(log, seq, text) {
			append.run(encodeName(log), seq, text);
		},
		drop(log) {
			drop.run(encodeName(log));
		},
	};
}
