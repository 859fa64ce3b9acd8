import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { temporaryFolder } from '../../support/command.ts';
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
