import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import { lockedError, removeHolder, writeHolder } from './data-lock.ts';
import { toStoreError } from './failure.ts';

/** How long two processes that start at the same moment wait for each other, in milliseconds. */
const LOCK_WAIT_MS = 500;

/** Marks the file as ours: "MGCh" in ASCII. */
const APPLICATION_ID = 0x4d474368;

/** The database's layout, step by step: the file's user_version says how many steps it has taken. */
const MIGRATIONS = [
	`CREATE TABLE record (
		id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL
	) STRICT;
	CREATE UNIQUE INDEX record_by_key ON record (kind, key);
	CREATE TABLE deleted (
		kind TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (kind, key)
	) STRICT, WITHOUT ROWID;
	CREATE TABLE entry (id INTEGER PRIMARY KEY, log TEXT NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL) STRICT;
	CREATE UNIQUE INDEX entry_by_seq ON entry (log, seq);
	PRAGMA application_id = ${APPLICATION_ID};`,
];

export interface OpenDatabase {
	db: DatabaseSync;
	dataDir: string;
	/** Closes the database and gives the data folder free for others. */
	release(): void;
}

function pragma(db: DatabaseSync, name: string): unknown {
	return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/** Brings an empty or older file up to date. Throws when the file is from a newer version or another program. */
function migrate(db: DatabaseSync, dataDir: string): void {
	const version = Number(pragma(db, 'user_version'));
	if (version > MIGRATIONS.length) {
		throw new BotError(
			'store_failed',
			`The database in ${dataDir} was written by a newer version of MassGen Chat (its layout is ${version}, this version` +
				` knows up to ${MIGRATIONS.length}). Install the newer version again, or set DATA_DIR to another folder.`,
		);
	}
	const empty = db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
	if (!empty && pragma(db, 'application_id') !== APPLICATION_ID) {
		throw new BotError(
			'store_failed',
			`The file massgen.db in ${dataDir} belongs to another program. Move it away, or set DATA_DIR to another folder.`,
		);
	}
	if (version === MIGRATIONS.length) return;
	db.exec(
		`BEGIN IMMEDIATE; ${MIGRATIONS.slice(version).join('\n')} PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`,
	);
}

/** Opens the file for this process alone. In exclusive mode the first read takes the lock and keeps it. */
function openExclusively(path: string, dataDir: string): DatabaseSync {
	const db = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
	try {
		pragma(db, 'locking_mode = EXCLUSIVE');
		const mode = pragma(db, 'journal_mode = WAL');
		if (mode !== 'wal') throw new BotError('store_failed', `${path} cannot use write-ahead logging (it uses ${mode}).`);
		db.exec('PRAGMA synchronous = FULL');
		// What is forgotten is overwritten: no page that is free keeps its text.
		db.exec('PRAGMA secure_delete = ON');
		// What is forgotten is overwritten: no page that is free keeps its text.
		migrate(db, dataDir);
		return db;
	} catch (thrown) {
		db.close();
		throw thrown;
	}
}

/** Creates a file only its owner can read. An existing one is not even opened: closing it would drop SQLite's lock. */
function createPrivately(path: string): void {
	try {
		closeSync(openSync(path, 'wx', 0o600));
	} catch (thrown) {
		if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
	}
}

/**
 * Opens `<dataDir>/massgen.db`, creating folder (mode 0700), file (0600) and tables as needed, and keeps every other
 * process out until `release`. Throws `store_locked`, `store_full` or `store_failed`.
 */
export function openDatabase(dataDir: string, clock: Clock): OpenDatabase {
	const folder = resolve(dataDir);
	let db: DatabaseSync | null = null;
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		const path = join(folder, 'massgen.db');
		createPrivately(path);
		db = openExclusively(path, folder);
		writeHolder(folder, clock.now());
	} catch (thrown) {
		db?.close();
		const error = toStoreError(thrown, folder);
		throw error.code === 'store_locked' ? lockedError(folder, thrown) : error;
	}
	const opened = db;
	return {
		db: opened,
		dataDir: folder,
		release() {
			try {
				removeHolder(folder);
			} finally {
				opened.close();
			}
		},
	};
}
