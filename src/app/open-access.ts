import { createAccess } from '../access/access.ts';
import { createDoorkeeper } from '../access/doorkeeper.ts';
import { createRoleBook } from '../access/role-book.ts';
import { createStandings } from '../access/standings.ts';
import { createAuditLog } from '../audit/audit-log.ts';
import type { LoadedConfig } from '../config/check-config.ts';
import type { Environment } from '../config/prepare.ts';
import { secretsOf } from '../config/secrets-of.ts';
import type { Clock } from '../core/clock.ts';
import { BotError } from '../core/errors.ts';
import type { Gateway } from '../core/gateway.ts';
import type { Store } from '../core/store.ts';

export interface AccessParts {
	config: LoadedConfig;
	env: Environment;
	store: Store;
	clock: Clock;
	/** The gateway of a platform, while it is there. */
	gatewayOf(platform: string): Pick<Gateway, 'standing'> | null;
	onProblem(error: unknown): void;
}

/** The audit of the store that the configuration names. */
export function openAudit({ config, env, store, clock, onProblem }: Omit<AccessParts, 'gatewayOf'>) {
	const { dataDir, audit } = config.settings;
	const secrets = secretsOf(config, env);
	return createAuditLog({
		store,
		clock,
		dataDir,
		given: audit.key,
		checkpoints: audit.checkpoints,
		secrets,
		onProblem,
	});
}

/** Who may do what, and what was done about it. */
export function openAccess(parts: AccessParts) {
	const { config, store, clock, gatewayOf, onProblem } = parts;
	const { rules } = config.access;
	const audit = openAudit(parts);
	const standings = createStandings({
		clock,
		async look({ platform, user }, session, groups) {
			const gateway = gatewayOf(platform);
			if (gateway === null) throw new BotError('bug', `${platform} cannot be asked who ${user} is`);
			return gateway.standing(user, session, { groups });
		},
	});
	const access = createAccess({ rules, store, standings });
	const roles = createRoleBook({ rules, store, standings, audit });
	const doorkeeper = createDoorkeeper({ access, audit, onProblem });
	return { access, audit, roles, doorkeeper };
}
