import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PlacedMessage } from '../../src/core/gateway.ts';
import { temporaryFolder } from '../support/command.ts';
import { isFinal, startPage } from '../support/page.ts';

const CONFIG = ['--config', 'tests/e2e/fixtures/crash.yaml'];
const QUESTION = 'the outage';
const folders: { remove(): Promise<void> }[] = [];

async function folder(): Promise<string> {
	const made = await temporaryFolder();
	folders.push(made);
	return made.path;
}

afterAll(async () => {
	await Promise.all(folders.map((made) => made.remove()));
});

/** Without what differs from run to run: ids, times and the shuffled anonymous names. */
function comparable(messages: readonly PlacedMessage[]): unknown {
	const board = messages.map(({ message }) => message).find((message) => message.type === 'board');
	const ids = new Map(board?.type === 'board' ? board.rows.map((row) => [row.name, row.agent]) : []);
	const varying = ['run', 'startedAt', 'askedAt', 'activeMs'];
	const text = JSON.stringify(messages, (key, value) => (varying.includes(key) ? 0 : value));
	return JSON.parse(text.replace(/agent\d+/g, (name) => ids.get(name) ?? name));
}

/** Asks on the page of a process that dies at its n-th commit (0: never). */
async function askAndDie(at: number) {
	const dataDir = await folder();
	const COMMITS = join(dataDir, 'commits');
	const env = { CRASH_AT: String(at), CRASH_WHEN: 'before', DATA_DIR: dataDir, COMMITS };
	const page = await startPage('tests/e2e/crash-child.ts', ['start', ...CONFIG], { env });
	const id = await page.ask(QUESTION).catch(() => null);
	if (at > 0) {
		await page.running.ended;
		return { dataDir, id, thread: null, commits: 0 };
	}
	const thread = comparable(await page.until(id ?? '', isFinal));
	page.running.process.kill('SIGTERM');
	await page.running.ended;
	return { dataDir, id, thread, commits: (await readFile(COMMITS, 'utf8')).length };
}

/** See crash-matrix.test.ts for every other write. */
describe('kill -9 of npm start at a write of a run', async () => {
	const whole = await askAndDie(0);
	const cases = [1, 3, Math.round(whole.commits * 0.6)].map((at) => ({ at }));

	it('has an undisturbed thread to compare with', () => {
		expect(JSON.stringify(whole.thread)).toContain('with an example');
		expect(whole.commits).toBeGreaterThan(20);
	});

	it.concurrent.each(cases)('before write $at: after a restart the page shows the same thread', async ({ at }) => {
		const { dataDir } = await askAndDie(at);
		const page = await startPage('src/main.ts', ['start', ...CONFIG], { env: { DATA_DIR: dataDir } });
		try {
			const [thread] = await page.threads();
			// Up to the commit that opens the run, nothing was promised.
			if (at <= 2) return expect(thread).toBeUndefined();
			expect(thread?.title).toBe(QUESTION);
			expect(comparable(await page.until(thread?.id ?? '', isFinal))).toEqual(whole.thread);
		} finally {
			page.running.process.kill('SIGTERM');
			await page.running.ended;
		}
	});
}, 300_000);
