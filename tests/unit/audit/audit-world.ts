import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/stores/sqlite.ts';
import { openAuditKey } from '../../../src/audit/audit-key.ts';
import { createAuditLog } from '../../../src/audit/audit-log.ts';
import { verifyAudit } from '../../../src/audit/verify.ts';
import type { AuditRow } from '../../../src/core/audit.ts';
import { createManualClock } from '../../support/manual-clock.ts';

export const row = (id: string, more: Partial<AuditRow> = {}): AuditRow => ({
	platform: 'web',
	tenant: 'acme',
	actor: { platform: 'web', id: 'ada' },
	action: 'role.grant',
	target: { type: 'user', id },
	outcome: 'done',
	...more,
});

/** A data folder with an audit in it, gone when the test is. */
export async function auditWorld(secrets: readonly string[] = []) {
	const dataDir = await mkdtemp(join(tmpdir(), 'massgen-audit-'));
	onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
	const clock = createManualClock();
	const checkpoints = join(dataDir, 'checkpoints.jsonl');
	const problems: unknown[] = [];
	const withStore = async <T>(
		work: (store: Awaited<ReturnType<typeof createSqliteStore>>) => Promise<T>,
	): Promise<T> => {
		const store = await createSqliteStore({ dataDir, clock });
		return work(store).finally(() => store.close());
	};
	const openLog = (store: Parameters<typeof createAuditLog>[0]['store']) =>
		createAuditLog({
			...{ store, clock, dataDir, given: null, checkpoints, secrets },
			onProblem: (error) => void problems.push(error),
		});
	return {
		dataDir,
		clock,
		checkpoints,
		problems,
		withStore,
		openLog,
		write: (...rows: AuditRow[]) =>
			withStore(async (store) => {
				const log = openLog(store);
				for (const one of rows) await log.record([one]);
				await log.close();
			}),
		/** Does what somebody does who has the database and not the key. */
		meddle(...statements: string[]) {
			const db = new DatabaseSync(join(dataDir, 'massgen.db'));
			for (const statement of statements) db.exec(statement);
			db.close();
		},
		verify: () =>
			withStore(async (store) => {
				const key = await openAuditKey({ given: null, dataDir }, async () => true);
				return verifyAudit({ store, key, checkpoints });
			}),
	};
}
