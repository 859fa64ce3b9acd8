import { type AccessRules, covers, type Grant, type Verdict } from '../core/access.ts';
import type { Standing } from '../core/gateway.ts';

/** A server or workspace, or one channel of it. */
export interface Scope {
	platform: string;
	tenant: string;
	/** Null: all of it. */
	channel: string | null;
}

/** Somebody, as far as the platform says who they are; `standing` null: it does not say. */
export interface Somebody {
	user: string;
	standing: Standing | null;
}

/** What those may at most who are no members: nothing is started and nothing is decided. */
const OUTSIDERS_MAY = ['team:read', 'run:read', 'run:stop'];
/** What the platform itself does: it ends what nobody can see any more. */
const PLATFORM_MAY = ['run:stop', 'run:stop-any'];

export interface Held {
	roles: readonly string[];
	/** Roles of groups that the person may be in or not: they deny, and allow nothing. */
	possible: readonly string[];
}

/** The roles that somebody has in a scope. `granted`: those of its server or workspace that were granted there. */
export function heldRoles(rules: AccessRules, granted: readonly Grant[], who: Somebody, scope: Scope): Held {
	const { kind, roles: groups } = who.standing ?? { kind: null, roles: null };
	const roles = new Set(kind === 'bot' || kind === 'platform' ? [] : rules.given[givenTo(kind, scope.platform)]);
	const possible = new Set<string>();
	for (const { role, to, channel } of [...fixedIn(rules, scope), ...granted]) {
		if (channel !== null && channel !== scope.channel) continue;
		if (to.type === 'user' ? to.id === who.user : groups?.includes(to.id) === true) roles.add(role);
		else if (to.type === 'group' && groups === null) possible.add(role);
	}
	return { roles: [...roles].sort(), possible: [...possible].sort() };
}

/** Grants of the configuration in a server or workspace. */
export const fixedIn = ({ grants }: AccessRules, { platform, tenant }: Omit<Scope, 'channel'>) =>
	grants.filter((grant) => grant.platform === platform && grant.tenant === tenant);

function givenTo(kind: Standing['kind'] | null, platform: string): keyof AccessRules['given'] {
	if (platform === 'terminal' || platform === 'web' || platform === 'api') return platform;
	return kind === 'member' || kind === 'guest' || kind === 'stranger' ? kind : 'unknown';
}

/** Whether somebody with these roles may do something. A denial of any role goes before every role that allows it. */
export function judge(
	{ roles: all }: AccessRules,
	{ roles, possible }: Held,
	standing: Standing | null,
	permission: string,
): Verdict {
	const kind = standing?.kind ?? null;
	if (kind === 'platform' && PLATFORM_MAY.includes(permission)) return { allowed: true, by: kind, why: 'granted' };
	if (kind === 'bot' || kind === 'platform') return refused('outsider');
	if (kind !== 'member' && !OUTSIDERS_MAY.includes(permission)) return refused(kind === null ? 'unknown' : 'outsider');
	const deciding = (effect: 'allow' | 'deny', names: readonly string[]) =>
		names.find((name) => all.get(name)?.[effect].some((pattern) => covers(pattern, permission)) === true);
	const denier = deciding('deny', [...roles, ...possible]);
	if (denier !== undefined) return refused('denied', denier);
	const by = deciding('allow', roles);
	if (by !== undefined) return { allowed: true, by, why: 'granted' };
	if (kind === null) return refused('unknown');
	return refused(kind === 'member' ? 'lacking' : 'outsider');
}

const refused = (why: Verdict['why'], by: string | null = null): Verdict => ({ allowed: false, by, why });
