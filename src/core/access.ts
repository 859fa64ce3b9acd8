import { z } from 'zod';
import type { Principal } from './gateway.ts';

/** Everything that a role can allow or deny. `tool:use` can be narrowed to a tool: `tool:use:server/tool`. */
export const PERMISSIONS = [
	'team:read',
	'run:start',
	'run:stop',
	'run:stop-any',
	'run:read',
	'tool:read',
	'tool:use',
	'tool:pin',
	'approval:read',
	'approval:decide:low',
	'approval:decide:medium',
	'approval:decide:high',
	'approval:decide:critical',
	'approval:grant-standing',
	'policy:read',
	'config:write',
	'role:read',
	'role:assign',
	'memory:read',
	'memory:write',
	'memory:delete',
	'budget:read',
	'budget:write',
	'secret:write',
	'audit:read',
	'audit:export',
	'data:erase',
] as const;
export type Permission = (typeof PERMISSIONS)[number] | `tool:use:${string}`;

/** Whether a pattern of a role covers a permission: all of them (`*`), itself, and everything below it. */
export function covers(pattern: string, permission: string): boolean {
	if (pattern === '*' || pattern === permission) return true;
	return permission.startsWith(`${pattern}:`) || permission.startsWith(`${pattern}/`);
}

/** Patterns as `covers` takes them. What is denied by one role of a person is allowed by none. */
export interface RoleRules {
	allow: readonly string[];
	deny: readonly string[];
}

/** Who has a role: a person, or everybody in a group of the platform (a role of Discord, a user group of Slack). By id. */
export const subjectSchema = z.object({ type: z.enum(['user', 'group']), id: z.string().min(1).max(200) });
export type Subject = z.infer<typeof subjectSchema>;

/** Somebody has a role in a server or workspace, or in one channel of it (null: in all of it). */
export interface Grant {
	role: string;
	to: Subject;
	channel: string | null;
}

/** A grant that the configuration makes. */
export interface FixedGrant extends Grant {
	platform: string;
	tenant: string;
}

/** The persons that roles are given to without anybody's granting them. */
export const GIVEN_TO = ['member', 'guest', 'stranger', 'unknown', 'terminal', 'web', 'api'] as const;

/** The role that allows everything, and of which a place must not run out. */
export const OWNER = 'owner';

export interface AccessRules {
	roles: ReadonlyMap<string, RoleRules>;
	given: Readonly<Record<(typeof GIVEN_TO)[number], readonly string[]>>;
	grants: readonly FixedGrant[];
}

export interface Verdict {
	allowed: boolean;
	/** The role that decided; null: none did. */
	by: string | null;
	/**
	 * `lacking`: no role allows it. `denied`: a role denies it. `outsider`: guests, strangers and bots never may.
	 * `elsewhere`: the session is not of the person's server or workspace. `unknown`: the platform does not say who this is.
	 */
	why: 'granted' | 'lacking' | 'denied' | 'outsider' | 'elsewhere' | 'unknown';
}

export interface AccessQuestion {
	session: string;
	/** True: the platform is asked now, whatever is known. */
	fresh?: boolean;
}

/** Who holds a permission somewhere, for those who lack it. */
export interface Holders {
	/** Roles that allow it. */
	roles: readonly string[];
	/** People and groups who have one of them, as they can be shown; at most 10. */
	names: readonly string[];
}

/** What people may do. Never throws for what the platform does not say: that is the least privilege. */
export interface Access {
	/**
	 * Decided by the roles the person has at this moment, at most 60 s old; by a fresh look for decisions at high risk
	 * and for changes of roles.
	 */
	may(principal: Principal, permission: Permission, question: AccessQuestion): Promise<Verdict>;
	/** The bot's roles that the person has in the session's place, sorted. */
	rolesOf(principal: Principal, question: AccessQuestion): Promise<readonly string[]>;
	holders(permission: Permission, session: string): Promise<Holders>;
}

/** A grant as it is shown. */
export interface GrantView extends Grant {
	/** As the platform wrote it when it was granted; null: not known. */
	name: string | null;
	/** Whether the configuration makes it; such a grant is taken back there. */
	fixed: boolean;
}

export interface GrantRequest {
	by: Principal;
	session: string;
	/** The id of what asked for it. */
	request: string;
	role: string;
	to: Subject;
	/** In the session's channel alone. */
	onlyHere: boolean;
}

export type GrantRefusal =
	| 'role_unknown'
	| 'lacks'
	| 'self'
	| 'last_owner'
	| 'fixed'
	| 'outsider'
	| 'not_granted'
	| 'lookup_failed';
export type GrantResult = { type: 'done'; name: string | null } | { type: 'refused'; why: GrantRefusal };

/** Who has which role, and the changes of that. Each change and each refusal is in the audit. */
export interface RoleBook {
	/** What there is: roles with what they allow and deny. */
	roles(): ReadonlyMap<string, RoleRules>;
	/** Grants in the session's server or workspace, those of the configuration first. */
	list(session: string): Promise<readonly GrantView[]>;
	grant(request: GrantRequest): Promise<GrantResult>;
	revoke(request: GrantRequest): Promise<GrantResult>;
}
