import { BotError, messageOf } from '../../../core/errors.ts';

/** Primary result codes, from https://sqlite.org/rescode.html; the extended code holds them in its low byte. */
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;
/** An extended code: the lock was refused, because the file may only be read or its file system knows no locks. */
const IOERR_LOCK = 3850;

const FULL_DISK = ['ENOSPC', 'EDQUOT'];
const NO_ACCESS = ['EACCES', 'EPERM', 'EROFS'];
const NO_FOLDER = ['EEXIST', 'ENOTDIR'];

const full = (dataDir: string) =>
	[
		'store_full',
		`The disk that holds the data folder ${dataDir} is full, so this was not saved; what was saved before is intact.` +
			' Free space there: the bot goes on by itself.',
	] as const;

const notWritable = (dataDir: string) =>
	[
		'store_failed',
		`The data folder ${dataDir} cannot be written to. Give this user the right to write there, or set DATA_DIR to another folder.`,
	] as const;

const damaged = (dataDir: string) =>
	[
		'store_failed',
		`The database massgen.db in ${dataDir} is damaged or no database at all. Put back a copy of it from a backup,` +
			' or move it away to start with an empty one.',
	] as const;

function explainSystem(code: string, dataDir: string) {
	if (FULL_DISK.includes(code)) return full(dataDir);
	if (NO_ACCESS.includes(code)) return notWritable(dataDir);
	if (!NO_FOLDER.includes(code)) return null;
	return [
		'store_failed',
		`The data folder ${dataDir} is not a folder. Move that file away, or set DATA_DIR to another folder.`,
	] as const;
}

function explainSqlite(errcode: number, dataDir: string) {
	if (errcode === IOERR_LOCK) {
		return [
			'store_failed',
			`The database massgen.db in ${dataDir} cannot be locked. This user needs the right to write it, and its file system` +
				' must support locks (some network shares do not); or set DATA_DIR to another folder.',
		] as const;
	}
	switch (errcode & 0xff) {
		case BUSY:
			return ['store_locked', `The data folder ${dataDir} is in use by another process.`] as const;
		case READONLY:
			return notWritable(dataDir);
		case CANTOPEN:
			return [
				'store_failed',
				`The database massgen.db in ${dataDir} cannot be opened. It must be a file, and this user needs the right to read` +
					' and write it and its folder; or set DATA_DIR to another folder.',
			] as const;
		case IOERR:
			return [
				'store_failed',
				`The disk that holds the data folder ${dataDir} reports errors. Check the disk, then start the bot again.`,
			] as const;
		case FULL:
			return full(dataDir);
		case CORRUPT:
		case NOTADB:
			return damaged(dataDir);
		default:
			return null;
	}
}

/** What SQLite or the file system threw, as an error that tells a person what to do. A BotError stays as it is. */
export function toStoreError(thrown: unknown, dataDir: string): BotError {
	if (thrown instanceof BotError) return thrown;
	const { errcode, code } = (thrown ?? {}) as { errcode?: unknown; code?: unknown };
	const explained =
		typeof errcode === 'number' ? explainSqlite(errcode, dataDir) : explainSystem(String(code ?? ''), dataDir);
	const [kind, message] = explained ?? [
		'store_failed',
		`The data folder ${dataDir} could not be used: ${messageOf(thrown)}. Repair that, or set DATA_DIR to another folder.`,
	];
	return new BotError(kind, message, { cause: thrown });
}
