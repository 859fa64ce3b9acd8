import {
	type Access,
	type AccessQuestion,
	type AccessRules,
	covers,
	type Grant,
	type Verdict,
} from '../core/access.ts';
import type { Principal, Standing } from '../core/gateway.ts';
import { decodeSessionId, type SessionAddress } from '../core/session-id.ts';
import type { Store } from '../core/store.ts';
import { readGrants } from './grants.ts';
import { fixedIn, heldRoles, judge, type Scope } from './judge.ts';
import type { Standings } from './standings.ts';

export interface AccessOptions {
	rules: AccessRules;
	store: Store;
	standings: Standings;
}

/** What is decided by what the platform says at that very moment. */
const ALWAYS_FRESH = ['approval:decide:high', 'approval:decide:critical', 'approval:grant-standing', 'role:assign'];

/** People and groups that are named to who lacks a permission. */
const MOST_NAMES = 10;

const ELSEWHERE: Verdict = { allowed: false, by: null, why: 'elsewhere' };

export function createAccess({ rules, store, standings }: AccessOptions): Access {
	/** Null: the session is not of the person's server or workspace. */
	const known = async (principal: Principal, { session, fresh = false }: AccessQuestion) => {
		const scope = seenBy(principal, decodeSessionId(session));
		if (scope.platform !== principal.platform || scope.tenant !== principal.tenant) return null;
		const granted = (await readGrants(store, scope)).grants;
		const groups = [...fixedIn(rules, scope), ...granted].some(({ to }) => to.type === 'group');
		return { scope, granted, standing: await standings.of(principal, session, { fresh, groups }) };
	};

	return {
		async may(principal, permission, question) {
			const fresh = question.fresh === true || ALWAYS_FRESH.includes(permission);
			const found = await known(principal, { ...question, fresh });
			return found === null ? ELSEWHERE : verdictFor(rules, principal.user, permission, found);
		},
		async rolesOf(principal, question) {
			const found = await known(principal, question);
			if (found === null) return [];
			const { scope, standing, granted } = found;
			return heldRoles(rules, granted, { user: principal.user, standing }, scope).roles;
		},
		async holders(permission, session) {
			const scope = decodeSessionId(session);
			const allowing = [...rules.roles].filter(([, { allow }]) => allow.some((pattern) => covers(pattern, permission)));
			const roles = allowing.map(([role]) => role);
			const { grants } = await readGrants(store, scope);
			const names = [...fixedIn(rules, scope).map((grant) => ({ ...grant, name: null })), ...grants]
				.filter(({ role, channel }) => roles.includes(role) && (channel === null || channel === scope.channel))
				.map(({ name, to }) => name ?? to.id);
			return { roles, names: [...new Set(names)].slice(0, MOST_NAMES) };
		},
	};
}

/** The page looks after what other systems ask at its address: to its people that is as their own. Not the other way. */
const seenBy = ({ platform }: Principal, scope: SessionAddress): SessionAddress =>
	platform === 'web' && scope.platform === 'api' ? { ...scope, platform } : scope;

/** The verdict on somebody in a scope, by what is known of them. */
export function verdictFor(
	rules: AccessRules,
	user: string,
	permission: string,
	{ scope, standing, granted }: { scope: Scope; standing: Standing | null; granted: readonly Grant[] },
): Verdict {
	return judge(rules, heldRoles(rules, granted, { user, standing }, scope), standing, permission);
}
