import {
	type AccessRules,
	covers,
	type GrantRefusal,
	type GrantRequest,
	type GrantResult,
	OWNER,
	PERMISSIONS,
	type RoleBook,
	type RoleRules,
	type Subject,
} from '../core/access.ts';
import { type Audit, actorOf } from '../core/audit.ts';

import type { Standing } from '../core/gateway.ts';
import { decodeSessionId } from '../core/session-id.ts';
import { type Store, untilCommitted } from '../core/store.ts';
import { verdictFor } from './access.ts';
import { readGrants, type StoredGrant, writeGrants } from './grants.ts';
import { fixedIn, type Scope } from './judge.ts';
import type { Standings } from './standings.ts';

export interface RoleBookOptions {
	rules: AccessRules;
	store: Store;
	standings: Standings;
	audit: Audit;
}

/** How often a write that met another one is tried again. */
const TRIES = 8;

type Verb = 'grant' | 'revoke';

/** A wish together with everything that it is decided by. */
interface Case {
	verb: Verb;
	request: GrantRequest;
	scope: Scope;
	standing: Standing | null;
	grants: readonly StoredGrant[];
	version: number;
}

/**
 * Grants in the store, by the rules of the configuration: nobody gives or takes what they lack themselves, and the last
 * owner stays. Roles that deny are given and taken by those alone who may do everything.
 */
export function createRoleBook({ rules, store, standings, audit }: RoleBookOptions): RoleBook {
	/** The name of who is to have a role, or why they cannot. Whether a group is there cannot be asked: it has members or not. */
	const subject = async ({ by, session, to }: GrantRequest): Promise<{ name: string | null } | GrantRefusal> => {
		if (to.type === 'group') return { name: null };
		const { platform, tenant } = by;
		const person = { platform, tenant, user: to.id, roles: null };
		const standing = await standings.of(person, session, { fresh: true, groups: false });
		if (standing === null) return 'lookup_failed';
		return standing.kind === 'member' ? { name: standing.name } : 'outsider';
	};

	const decided = async (the: Case): Promise<{ next: readonly StoredGrant[]; name: string | null } | GrantRefusal> => {
		const { verb, request, grants } = the;
		const { role, to } = request;
		const rule = rules.roles.get(role) ?? (verb === 'revoke' ? { allow: ['*'], deny: [] } : null);
		if (rule === null) return 'role_unknown';
		if (!mayHandle(rules, the, rule)) return isOwn(the) ? 'self' : 'lacks';
		const others = grants.filter((grant) => !isMeant(grant, the));
		const had = grants.find((grant) => isMeant(grant, the));
		if (verb === 'grant') {
			if (rule.deny.length > 0 && isOnlyOwner(rules, the.scope, grants, to)) return 'last_owner';
			const found = await subject(request);
			if (typeof found === 'string') return found;
			return { next: [...others, { role, to, channel: the.scope.channel, name: found.name }], name: found.name };
		}
		if (had === undefined)
			return fixedIn(rules, the.scope).some((grant) => isMeant(grant, the)) ? 'fixed' : 'not_granted';
		if (role === OWNER && had.channel === null && isOnlyOwner(rules, the.scope, grants, to)) return 'last_owner';
		return { next: others, name: had.name };
	};

	const caseOf = async (verb: Verb, request: GrantRequest, standing: Standing | null): Promise<Case> => {
		const { platform, tenant, channel } = decodeSessionId(request.session);
		const scope = { platform, tenant, channel: request.onlyHere ? channel : null };
		return { verb, request, scope, standing, ...(await readGrants(store, scope)) };
	};

	const change = async (verb: Verb, request: GrantRequest): Promise<GrantResult> => {
		const standing = await standings.of(request.by, request.session, { fresh: true, groups: true });
		return untilCommitted(async () => {
			const the = await caseOf(verb, request, standing);
			const result = isOfPlace(the) ? await decided(the) : 'lacks';
			if (typeof result === 'string') {
				await audit.record([rowOf(the, 'refused', result)]);
				return { type: 'refused', why: result };
			}
			await audit.record([rowOf(the, 'done')], [writeGrants(the.scope, result.next, the.version)]);
			return { type: 'done', name: result.name };
		}, TRIES);
	};

	return {
		roles: () => rules.roles,
		async list(session) {
			const scope = decodeSessionId(session);
			const fixed = fixedIn(rules, scope).map(({ role, to, channel }) => ({
				role,
				to,
				channel,
				name: null,
				fixed: true,
			}));
			const { grants } = await readGrants(store, scope);
			return [...fixed, ...grants.map((grant) => ({ ...grant, fixed: false }))];
		},
		grant: (request) => change('grant', request),
		revoke: (request) => change('revoke', request),
	};
}

const isOfPlace = ({ scope, request: { by } }: Case) => scope.platform === by.platform && scope.tenant === by.tenant;

const isMeant = (grant: Pick<StoredGrant, 'role' | 'to' | 'channel'>, { request, scope }: Case) =>
	grant.role === request.role && isSame(grant.to, request.to) && grant.channel === scope.channel;

const isSame = (a: Subject, b: Subject) => a.type === b.type && a.id === b.id;

/** Whether a role would come to who gives it. */
function isOwn({ request: { to, by }, standing }: Case): boolean {
	return to.type === 'user' ? to.id === by.user : standing?.roles?.includes(to.id) !== false;
}

/** Whether who asks may assign roles there and holds all that the role allows; all there is when it denies something. */
function mayHandle(
	rules: AccessRules,
	{ request, scope, standing, grants }: Case,
	{ allow, deny }: RoleRules,
): boolean {
	const narrow = allow.filter((pattern) => pattern.startsWith('tool:use:'));
	const broad = PERMISSIONS.filter((permission) => allow.some((pattern) => covers(pattern, permission)));
	const needed = deny.length > 0 ? [...PERMISSIONS, ...narrow] : [...broad, ...narrow];
	const found = { scope, standing, granted: grants };
	return ['role:assign', ...needed].every((one) => verdictFor(rules, request.by.user, one, found).allowed);
}

/** Whether a place would have no owner without this one. Whether a group has members is not known, so it counts as empty. */
function isOnlyOwner(rules: AccessRules, scope: Scope, grants: readonly StoredGrant[], who: Subject): boolean {
	const { platform } = scope;
	if ((platform === 'terminal' || platform === 'web') && rules.given[platform].includes(OWNER)) return false;
	const all = [...fixedIn(rules, scope), ...grants];
	const owners = all.filter(({ role, to, channel }) => role === OWNER && channel === null && to.type === 'user');
	return owners.some(({ to }) => isSame(to, who)) && owners.every(({ to }) => isSame(to, who));
}

function rowOf({ verb, request, scope }: Case, outcome: 'done' | 'refused', reason?: GrantRefusal) {
	const { by, role, to } = request;
	return {
		...actorOf(by),
		action: `role.${verb}`,
		target: { type: to.type, id: to.id },
		outcome,
		...(reason === undefined ? {} : { reason }),
		request: request.request,
		details: { role, channel: scope.channel },
	};
}
