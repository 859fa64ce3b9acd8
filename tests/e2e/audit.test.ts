import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { massgen, temporaryFolder } from '../support/command.ts';

/** A data folder in which whoever sits at the machine has given a role away. */
async function granted() {
	const { path, remove } = await temporaryFolder();
	onTestFinished(remove);
	const app = await createApp({
		...{ file: null, flags: { dataDir: path }, env: { OWNERS: 'web:local:canary-owner' }, cwd: process.cwd() },
		...{ web: false, chats: false, observe: () => {}, onProblem: () => {} },
		terminal: { input: process.stdin, output: process.stdout, errors: process.stdout, interactive: false },
	});
	const { principal, session } = app.terminal ?? {};
	if (principal === undefined || session === undefined) throw new Error('there is no terminal');
	const options = { action: 'grant', role: 'viewer', to: 'user:grace' };
	const error = await app.submit({ type: 'command', id: 'grant-1', principal, session, name: 'roles', options });
	await app.close();
	expect(error).toBeNull();
	return path;
}

const audit = (path: string, ...args: string[]) => massgen(['audit', ...args, '--data-dir', path]);

describe('npm run audit', () => {
	it('says that there is none before anything was audited, and makes no key', async () => {
		const { path, remove } = await temporaryFolder();
		onTestFinished(remove);
		expect(await audit(path, 'verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('no audit yet') });
		expect(await readdir(path)).not.toContain('audit.key');
	});

	it('verifies, exports, and has the export in the audit', async () => {
		const path = await granted();
		expect(await audit(path)).toMatchObject({ code: 0, stdout: expect.stringMatching(/✓ terminal:local: 1 rows/) });
		const out = join(path, 'out');
		const done = await audit(path, 'export', '--format', 'csv', '--out', out);
		expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/2 rows .*SHA-256 [0-9a-f]{64}/) });
		const text = await readFile(join(out, 'audit.csv'), 'utf8');
		expect(text).toContain('role.grant');
		expect(text).toContain('audit.export');
		expect(await audit(path, 'verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('2 rows') });
	});

	it('ends with 2 and the row when something was changed', async () => {
		const path = await granted();
		const db = new DatabaseSync(join(path, 'massgen.db'));
		db.exec(`UPDATE entry SET value = json_set(value, '$.details.role', 'owner') WHERE log LIKE 'audit-%'`);
		db.close();
		expect(await audit(path, 'verify')).toMatchObject({
			code: 2,
			stdout: expect.stringMatching(/✗ terminal:local: .*row 1 says something else/),
		});
	});

	it.each([
		[['erase'], /expected verify or export/],
		[['export', '--format', 'xml'], /jsonl or csv/],
		[['export', '--from', 'yesterday'], /2026-01-31/],
		[['export', '--tenant', 'slack:T9'], /no audit of slack:T9.*terminal:local/],
	])('says what is wrong with %j', async (args, sentence) => {
		const path = await granted();
		expect(await audit(path, ...args)).toMatchObject({ code: 1, stderr: expect.stringMatching(sentence) });
	});
});
