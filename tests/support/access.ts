import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { createDoorkeeper } from '../../src/access/doorkeeper.ts';
import { createRoleBook } from '../../src/access/role-book.ts';
import { createStandings } from '../../src/access/standings.ts';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import { createAuditLog } from '../../src/audit/audit-log.ts';
import { chainOf } from '../../src/audit/chain.ts';
import { type ConfigOptions, checkConfig } from '../../src/config/check-config.ts';
import { formatProblem } from '../../src/config/problem.ts';
import type { AccessRules } from '../../src/core/access.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Principal, Standing } from '../../src/core/gateway.ts';
import type { Store } from '../../src/core/store.ts';
import { createManualClock } from './manual-clock.ts';

/** The rules that the program comes with, and what else is given. */
export async function shippedAccess(env: ConfigOptions['env'] = {}) {
	const { config, errors } = await checkConfig({ file: null, flags: {}, env, cwd: process.cwd() });
	if (config === null) throw new Error(errors.map(formatProblem).join('\n'));
	return config.access;
}

export interface AccessWorldOptions {
	rules: AccessRules;
	store?: Store;
	clock?: Clock;
	/** What the platform says; by default everybody is a member without groups. */
	look?(principal: Principal, session: string, groups: boolean): Promise<Standing>;
}

const everyMember = async (): Promise<Standing> => ({ kind: 'member', roles: [], name: null });

/** Access, roles and audit over one store, put together as the program does it. */
export function accessWorld({ rules, look = everyMember, ...given }: AccessWorldOptions) {
	const { store = createMemoryStore(), clock = createManualClock() } = given;
	const dataDir = mkdtempSync(join(tmpdir(), 'massgen-access-'));
	onTestFinished(async () => {
		await audit.close();
		rmSync(dataDir, { recursive: true, force: true });
	});
	const problems: unknown[] = [];
	const onProblem = (error: unknown) => void problems.push(error);
	const audit = createAuditLog({
		...{ store, clock, dataDir, onProblem },
		given: randomBytes(32).toString('base64'),
		checkpoints: join(dataDir, 'checkpoints.jsonl'),
		secrets: [],
	});
	const looked: string[] = [];
	const standings = createStandings({
		clock,
		look(principal, session, groups) {
			looked.push(principal.user);
			return look(principal, session, groups);
		},
	});
	return {
		store,
		audit,
		problems,
		/** Whom the platform was asked about, in order. */
		looked,
		access: createAccess({ rules, store, standings }),
		roles: createRoleBook({ rules, store, standings, audit }),
		doorkeeper: createDoorkeeper({ access: createAccess({ rules, store, standings }), audit, onProblem }),
		/** What stands in the audit of a server or workspace. */
		async audited(platform: string, tenant: string): Promise<readonly unknown[]> {
			const entries = await store.read(chainOf({ platform, tenant }), { after: 0, limit: 1_000 });
			return entries.map(({ value }) => value);
		},
	};
}
