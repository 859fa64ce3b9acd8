import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { massgen, temporaryFolder } from '../../support/command.ts';

it('npm start is not kept from working by an interrupted run that it cannot read', async () => {
	const folder = await temporaryFolder();
	try {
		const dataDir = join(folder.path, 'data');
		const store = await createSqliteStore({ dataDir, clock: systemClock });
		const record = { id: 'r1', session: 's', question: 'Q', team: 't', status: 'running', startedAt: 1 };
		await store.commit([
			{ type: 'put', kind: 'run', key: 'r1', value: record },
			{ type: 'append', log: 'journal/r1', value: { v: 2, type: 'opened' } },
		]);
		await store.close();
		const ended = await massgen(['start'], { env: { DATA_DIR: dataDir }, input: 'Is anybody there?\n' });
		expect(ended.stderr).toMatch(/run r1.*Update MassGen Chat/);
		expect(ended.stdout).toContain('Is anybody there?');
		expect(ended.code).toBe(0);
	} finally {
		await folder.remove();
	}
}, 30_000);
