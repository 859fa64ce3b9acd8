import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BotError } from '../../../core/errors.ts';
import { toStoreError } from './failure.ts';

/**
 * The lock itself is SQLite's, on the database file: the system drops it with the process, even on kill -9.
 * This file only says who holds it, for the message of the process that came second.
 */
const holderFile = (dataDir: string) => join(dataDir, 'massgen.pid');

/**
 * Call it once the lock is held. `now`: milliseconds since the epoch. A full disk may refuse the file: that is no
 * reason not to start, since the lock holds without it.
 */
export function writeHolder(dataDir: string, now: number): void {
	const holder = { pid: process.pid, host: hostname(), since: new Date(now).toISOString() };
	try {
		writeFileSync(holderFile(dataDir), `${JSON.stringify(holder)}\n`, { mode: 0o600 });
	} catch (thrown) {
		if (toStoreError(thrown, dataDir).code !== 'store_full') throw thrown;
	}
}

/** Call it while the lock is still held. */
export function removeHolder(dataDir: string): void {
	rmSync(holderFile(dataDir), { force: true });
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (thrown) {
		return (thrown as NodeJS.ErrnoException).code === 'EPERM';
	}
}

/** Words for the holder, and for stopping it. A missing file, or a dead process in it, names nobody. */
function describeHolder(dataDir: string): { who: string; stop: string } {
	const nobody = { who: 'another process', stop: 'Stop that process' };
	try {
		const { pid, host, since } = JSON.parse(readFileSync(holderFile(dataDir), 'utf8'));
		if (host !== hostname()) return { who: `process ${pid} on ${host}, since ${since}`, stop: 'Stop it there' };
		return isAlive(pid) ? { who: `process ${pid}, since ${since}`, stop: `Stop it (kill ${pid})` } : nobody;
	} catch {
		return nobody;
	}
}

/** The refusal for a process that found the data folder taken. */
export function lockedError(dataDir: string, cause: unknown): BotError {
	const { who, stop } = describeHolder(dataDir);
	const message = `The data folder ${dataDir} is in use by ${who}. ${stop}, or set DATA_DIR to another folder for this one.`;
	return new BotError('store_locked', message, { cause });
}
