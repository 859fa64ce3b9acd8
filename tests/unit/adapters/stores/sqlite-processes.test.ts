import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { stillClock, temporaryFolders } from './folders.ts';

type Line = { open?: number; made?: number; code?: string; message?: string };

const script = fileURLToPath(new URL('./store-process.ts', import.meta.url));
const newFolder = temporaryFolders();
const children: ChildProcess[] = [];

/** Starts a process with a store; `next` gives its next line, null at its end. */
function start(dataDir: string, mode: 'hold' | 'count') {
	const child = spawn(process.execPath, [script, dataDir, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
	children.push(child);
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	return {
		pid: child.pid,
		async next(): Promise<Line | null> {
			const line = await lines.next();
			return line.done ? null : JSON.parse(line.value);
		},
		async kill() {
			const gone = once(child, 'exit');
			child.kill('SIGKILL');
			await gone;
		},
	};
}

afterEach(async () => {
	for (const child of children.splice(0)) child.kill('SIGKILL');
});

const open = (dataDir: string) => createSqliteStore({ dataDir, clock: stillClock });

describe('one process per data folder', () => {
	it('turns a second process away and tells which one is in the way and what to do', async () => {
		const dataDir = newFolder();
		const first = start(dataDir, 'hold');
		expect(await first.next()).toEqual({ open: first.pid });
		const refused = await start(dataDir, 'hold').next();
		expect(refused?.code).toBe('store_locked');
		expect(refused?.message).toContain(`The data folder ${dataDir} is in use by process ${first.pid}, since 20`);
		expect(refused?.message).toContain(`Stop it (kill ${first.pid}), or set DATA_DIR to another folder`);
	});

	it('lets exactly one of several processes win that start at the same moment', async () => {
		const dataDir = newFolder();
		const lines = await Promise.all([1, 2, 3, 4].map(() => start(dataDir, 'hold').next()));
		expect(lines.map((line) => line?.code ?? 'open').sort()).toEqual([
			'open',
			'store_locked',
			'store_locked',
			'store_locked',
		]);
	});

	it('turns a second store of the same process away, and its failure does not free the folder', async () => {
		const dataDir = newFolder();
		const store = await open(dataDir);
		await expect(open(dataDir)).rejects.toThrow(`in use by process ${process.pid}, since 2026-01-01T00:00:00.000Z`);
		expect((await start(dataDir, 'hold').next())?.code).toBe('store_locked');
		await store.close();
	});

	it('gives the folder free when it closes', async () => {
		const dataDir = newFolder();
		const store = await open(dataDir);
		await store.close();
		expect(existsSync(join(dataDir, 'massgen.pid'))).toBe(false);
		const next = start(dataDir, 'hold');
		expect(await next.next()).toEqual({ open: next.pid });
	});

	it.each([
		['a dead process', { pid: 2 ** 22 + 1, host: null, since: 'x' }, 'in use by another process. Stop that process'],
		[
			'a process elsewhere',
			{ pid: 7, host: 'far-away', since: 'x' },
			'in use by process 7 on far-away, since x. Stop it there',
		],
		['nothing readable', null, 'in use by another process. Stop that process'],
	])('names no wrong process when the pid file holds %s', async (_, content, message) => {
		const dataDir = newFolder();
		const holder = start(dataDir, 'hold');
		await holder.next();
		const { hostname } = await import('node:os');
		const text = content === null ? 'gibberish' : JSON.stringify({ ...content, host: content.host ?? hostname() });
		writeFileSync(join(dataDir, 'massgen.pid'), text);
		await expect(open(dataDir)).rejects.toThrow(message);
	});
});

describe('kill -9', () => {
	it('frees the folder, keeps every acknowledged commit and leaves none half made', async () => {
		const dataDir = newFolder();
		let before = 0;
		for (const steps of [1, 40, 173]) {
			const child = start(dataDir, 'count');
			expect(await child.next()).toEqual({ open: child.pid });
			for (let made = 0; made < steps; made += 1) expect(await child.next()).toEqual({ made: made + 1 });
			await child.kill();

			const store = await open(dataDir);
			const entries = await store.read('count', { after: 0, limit: 10_000 });
			const own = entries.slice(before).map((entry) => entry.value);
			expect(own.length).toBeGreaterThanOrEqual(steps);
			expect(own).toEqual(own.map((_, index) => index + 1));
			expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, index) => index + 1));
			expect(await store.get('count', 'latest')).toEqual({ key: 'latest', value: own.length, version: entries.length });
			before = entries.length;
			await store.close();
		}
	});
});
