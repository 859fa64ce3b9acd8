import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { massgen, temporaryFolder } from '../support/command.ts';

/** A secret that must turn up nowhere. */
const CANARY = 'canary7f3a9c1e5b';

/** A data folder in which whoever sits at the machine has given a role away. */
async function granted() {
	const { path, remove } = await temporaryFolder();
	onTestFinished(remove);
	const app = await createApp({
		...{ file: null, flags: { dataDir: path }, env: { OPENAI_API_KEY: CANARY }, cwd: process.cwd() },
		...{ web: false, chats: false, observe: () => {}, onProblem: () => {} },
		terminal: {
			input: process.stdin,
			output: process.stdout,
			errors: process.stdout,
			interactive: false,
			approve: 'deny',
			filesFolder: path,
		},
	});
	const { principal, session } = app.terminal ?? {};
	if (principal === undefined || session === undefined) throw new Error('there is no terminal');
	for (const [role, to] of [
		['viewer', 'user:grace'],
		[CANARY, `user:${CANARY}`],
	]) {
		const options = { action: 'grant', role, to };
		const error = await app.submit({ type: 'command', id: `${role}`, principal, session, name: 'roles', options });
		expect(error).toBeNull();
	}
	await app.close();
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
		expect(await audit(path)).toMatchObject({ code: 0, stdout: expect.stringMatching(/✓ terminal:local: 2 rows/) });
		const out = join(path, 'out');
		const done = await audit(path, 'export', '--format', 'csv', '--out', out);
		expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/3 rows .*SHA-256 [0-9a-f]{64}/) });
		const text = await readFile(join(out, 'audit.csv'), 'utf8');
		expect(text).toContain('role.grant');
		expect(text).toContain('audit.export');
		expect(await audit(path, 'verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('3 rows') });
		// Case 48.
		expect(text).toContain('‹redacted:known:');
		for (const file of [join(out, 'manifest.json'), join(path, 'audit-checkpoints.jsonl')]) {
			expect(await readFile(file, 'utf8')).not.toContain('canary');
		}
		expect(text).not.toContain('canary');
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
