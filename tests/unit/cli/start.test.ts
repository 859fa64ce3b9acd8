import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { massgen, temporaryFolder } from '../../support/command.ts';
import { isFinal, startPage } from '../../support/page.ts';

it('npm start is not kept from working by an interrupted run that it cannot read', async () => {
	const folder = await temporaryFolder();
	try {
		const dataDir = join(folder.path, 'data');
		const store = await createSqliteStore({ dataDir, clock: systemClock });
		const session = 'web:local:page:x';
		const record = { id: 'r1', session, question: 'Q', team: 't', status: 'running', result: null, startedAt: 1 };
		await store.commit([
			{ type: 'put', kind: 'run', key: 'r1', value: record },
			{ type: 'append', log: 'journal/r1', value: { v: 2, type: 'opened' } },
		]);
		await store.close();
		const config = ['--config', 'tests/e2e/fixtures/crash.yaml'];
		const page = await startPage('src/main.ts', ['start', ...config], { env: { DATA_DIR: dataDir } });
		await page.running.shows(/[Rr]un r1.*Update MassGen Chat/s);
		const id = await page.ask('Is anybody there?');
		expect(await page.until(id, isFinal)).not.toEqual([]);
		page.running.process.kill('SIGTERM');
		expect((await page.running.ended).code).toBe(0);
	} finally {
		await folder.remove();
	}
}, 30_000);

const CONFIG = ['--config', 'tests/e2e/fixtures/crash.yaml'];

async function dataFolder(): Promise<string> {
	const folder = await temporaryFolder();
	onTestFinished(() => folder.remove());
	return join(folder.path, 'data');
}

it('npm start says which port is in use and which one to set, and ends', async () => {
	const other = createServer();
	await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void other.close());
	const bound = other.address();
	const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
	const env = { DATA_DIR: await dataFolder(), PORT: String(port) };
	const { code, stdout, stderr } = await massgen(['start', ...CONFIG], { env });
	expect(code).toBe(1);
	expect(stderr).toContain(`Port ${port} is already in use`);
	expect(stderr).toContain('PORT=');
	expect(stdout + stderr).not.toMatch(/^\s+at /m);
}, 30_000);

it('a second npm start on the same data folder says so and ends, and the first goes on', async () => {
	const env = { DATA_DIR: await dataFolder() };
	const first = await startPage('src/main.ts', ['start', ...CONFIG], { env });
	const { code, stdout, stderr } = await massgen(['start', ...CONFIG], { env: { ...env, PORT: '0' } });
	expect(code).toBe(1);
	expect(stderr).toContain(env.DATA_DIR);
	expect(stdout).not.toContain('http://');
	expect(stdout + stderr).not.toMatch(/^\s+at /m);
	const id = await first.ask('Still there?');
	expect(await first.until(id, isFinal)).not.toEqual([]);
	first.running.process.kill('SIGTERM');
	expect((await first.running.ended).code).toBe(0);
}, 30_000);

it('what people typed does nothing to the terminal of npm start', async () => {
	const dataDir = await dataFolder();
	const store = await createSqliteStore({ dataDir, clock: systemClock });
	const session = 'web:local:page:x';
	const question = '\u001b]0;owned\u0007\u001b[2Jhello \u202eworld\u202c\u009b31m';
	const asked = { id: 'w', question, team: 'gone', quick: false, retryOf: null, askedAt: 1 };
	const about = { session, title: 'x', startedAt: 1, threadKey: 'web:local:x' };
	await store.commit([
		{
			type: 'put',
			kind: 'session',
			key: session,
			value: { ...about, runs: [{ run: 'r0', retryOf: null }], active: 'r0', waiting: [asked] },
		},
		{ type: 'put', kind: 'busy', key: session, value: { session } },
	]);
	await store.close();
	const page = await startPage('src/main.ts', ['start', ...CONFIG], { env: { DATA_DIR: dataDir } });
	await page.running.shows(/hello .*world.*gone/s);
	page.running.process.kill('SIGTERM');
	const { stdout, stderr } = await page.running.ended;
	expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
}, 30_000);
