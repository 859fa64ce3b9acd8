import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { AccessRules, Subject } from '../../../src/core/access.ts';
import type { Standing } from '../../../src/core/gateway.ts';
import type { Store } from '../../../src/core/store.ts';
import { accessWorld, shippedAccess } from '../../support/access.ts';

const shipped = (await shippedAccess({ OWNERS: 'discord:111111111111111111:100000000000000001' })).rules;
const TENANT = '111111111111111111';
const OWNER = '100000000000000001';
const SESSION = `discord:${TENANT}:c1:1`;
const rules: AccessRules = {
	...shipped,
	roles: new Map([
		...shipped.roles,
		['muted', { allow: [], deny: ['run:start'] }],
		['mailer', { allow: ['tool:use:mail'], deny: [] }],
	]),
};
const user = (id: string): Subject => ({ type: 'user', id });
const group = (id: string): Subject => ({ type: 'group', id });

function world(
	options: {
		rules?: AccessRules;
		store?: Store;
		groups?: Record<string, string[]>;
		kinds?: Record<string, Standing['kind']>;
	} = {},
) {
	const made = accessWorld({
		rules: options.rules ?? rules,
		...(options.store === undefined ? {} : { store: options.store }),
		look: async ({ user: id }) => ({
			kind: options.kinds?.[id] ?? 'member',
			roles: options.groups?.[id] ?? [],
			name: `Name of ${id}`,
		}),
	});
	const by = (id: string) => ({ platform: 'discord', tenant: TENANT, user: id, roles: null });
	const change =
		(verb: 'grant' | 'revoke') =>
		async (who: string, role: string, to: Subject, onlyHere = false) => {
			const result = await made.roles[verb]({ by: by(who), session: SESSION, request: 'r', role, to, onlyHere });
			return result.type === 'done' ? 'done' : result.why;
		};
	const rolesOf = (id: string, session = SESSION) => made.access.rolesOf(by(id), { session });
	return { ...made, by, grant: change('grant'), revoke: change('revoke'), rolesOf };
}

describe('a role', () => {
	it('is given and taken at once, everywhere or in one channel, and listed with what the person was called', async () => {
		const { grant, revoke, rolesOf, roles } = world();
		expect(await grant(OWNER, 'approver', user('2'))).toBe('done');
		expect(await grant(OWNER, 'operator', user('2'), true)).toBe('done');
		expect(await grant(OWNER, 'operator', user('2'), true)).toBe('done');
		expect(await rolesOf('2')).toEqual(['approver', 'member', 'operator']);
		expect(await rolesOf('2', `discord:${TENANT}:c2:1`)).toEqual(['approver', 'member']);
		expect(await roles.list(SESSION)).toEqual([
			{ role: 'owner', to: user(OWNER), channel: null, name: null, fixed: true },
			{ role: 'approver', to: user('2'), channel: null, name: 'Name of 2', fixed: false },
			{ role: 'operator', to: user('2'), channel: 'c1', name: 'Name of 2', fixed: false },
		]);
		expect(await roles.list('discord:222222222222222222:c1:1')).toEqual([]);
		expect(await revoke(OWNER, 'operator', user('2'))).toBe('not_granted');
		expect(await revoke(OWNER, 'operator', user('2'), true)).toBe('done');
		expect(await rolesOf('2')).toEqual(['approver', 'member']);
	});

	it('of a group is had by who is in it', async () => {
		const { grant, rolesOf } = world({ groups: { 2: ['g1'] } });
		await grant(OWNER, 'approver', group('g1'));
		expect([await rolesOf('2'), await rolesOf('3')]).toEqual([['approver', 'member'], ['member']]);
	});

	it('is not given that there is not, nor to guests, bots and people who are not there', async () => {
		const { grant } = world({ kinds: { 2: 'guest', 3: 'bot', 4: 'stranger' } });
		expect(await grant(OWNER, 'Admin', user('5'))).toBe('role_unknown');
		expect(await grant(OWNER, '__proto__', user('5'))).toBe('role_unknown');
		for (const id of ['2', '3', '4']) expect(await grant(OWNER, 'member', user(id))).toBe('outsider');
	});

	it('is not given when it cannot be found out who it is for, or who gives it', async () => {
		const { roles, by } = world();
		const lost = accessWorld({
			rules,
			look: async ({ user: id }) =>
				id === OWNER ? { kind: 'member', roles: [], name: null } : Promise.reject(new Error('no')),
		});
		const wish = { by: by(OWNER), session: SESSION, request: 'r', role: 'member', to: user('2'), onlyHere: false };
		expect(await lost.roles.grant(wish)).toEqual({ type: 'refused', why: 'lookup_failed' });
		expect(await lost.roles.grant({ ...wish, by: by('3') })).toEqual({ type: 'refused', why: 'lacks' });
		expect(await roles.grant({ ...wish, session: 'discord:222222222222222222:c1:1' })).toMatchObject({ why: 'lacks' });
	});

	it('stays when another process writes at the same moment', async () => {
		const store = createMemoryStore();
		const worlds = [world({ store }), world({ store })];
		await Promise.all(
			worlds.flatMap(({ grant }, index) => ['a', 'b', 'c'].map((id) => grant(OWNER, 'viewer', user(`${id}${index}`)))),
		);
		expect(await worlds[0]?.roles.list(SESSION)).toHaveLength(7);
	});
});

describe("case 41: raising one's own rights", () => {
	it('is refused to everybody who lacks what the role allows, directly, by a group, and by way of another person', async () => {
		const { grant, revoke, rolesOf, audited } = world({ groups: { 2: ['g1'] } });
		await grant(OWNER, 'admin', user('2'));
		expect(await grant('2', 'owner', user('2'))).toBe('self');
		expect(await grant('2', 'approver', user('2'), true)).toBe('self');
		expect(await grant('2', 'owner', group('g1'))).toBe('self');
		expect(await grant('2', 'owner', user('3'))).toBe('lacks');
		expect(await grant('2', 'approver', group('g2'))).toBe('lacks');
		expect(await grant('2', 'operator', user('2'))).toBe('done');
		expect(await revoke('2', 'owner', user(OWNER))).toBe('lacks');
		for (const id of ['3', '4']) expect(await grant(id, 'viewer', user(id))).toBe('self');
		expect(await rolesOf('2')).toEqual(['admin', 'member', 'operator']);
		const refusals = (await audited('discord', TENANT)).filter((row) => Object(row).outcome === 'refused');
		expect(refusals).toHaveLength(8);
		expect(refusals[0]).toMatchObject({
			actor: { platform: 'discord', id: '2' },
			action: 'role.grant',
			reason: 'self',
			details: { role: 'owner' },
		});
	});

	it('is refused to an administrator of a channel beyond that channel', async () => {
		const { grant } = world();
		await grant(OWNER, 'admin', user('2'), true);
		expect(await grant('2', 'operator', user('3'))).toBe('lacks');
		expect(await grant('2', 'operator', user('3'), true)).toBe('done');
	});

	it('by taking a denial away, or by denying something to others, is for owners', async () => {
		const { grant, revoke } = world();
		await grant(OWNER, 'admin', user('2'));
		expect(await grant('2', 'muted', user(OWNER))).toBe('lacks');
		expect(await grant(OWNER, 'muted', user('2'))).toBe('done');
		expect(await revoke('2', 'muted', user('2'))).toBe('self');
		expect(await grant('2', 'operator', user('3'))).toBe('lacks');
		expect(await revoke(OWNER, 'muted', user('2'))).toBe('done');
	});

	it('goes no further than a tool that one may use', async () => {
		const narrow: AccessRules = {
			...rules,
			roles: new Map([...rules.roles, ['clerk', { allow: ['role:assign', 'tool:use:mail/read'], deny: [] }]]),
			given: { ...rules.given, member: ['clerk'] },
		};
		const { grant } = world({ rules: narrow });
		expect(await grant('2', 'mailer', user('3'))).toBe('lacks');
		expect(await grant('2', 'clerk', user('3'))).toBe('done');
	});
});

describe('case 41: the last owner', () => {
	const none: AccessRules = { ...rules, grants: [] };

	it('cannot be removed, by themselves or by others, and another one can be named first', async () => {
		const { grant, revoke, store } = world();
		expect(await revoke(OWNER, 'owner', user(OWNER))).toBe('fixed');
		expect(await grant(OWNER, 'owner', user('2'))).toBe('done');
		// OWNERS names nobody any more.
		const later = world({ rules: none, store });
		expect(await later.revoke('2', 'owner', user('2'))).toBe('last_owner');
		expect(await later.grant('2', 'owner', group('g1'))).toBe('done');
		expect(await later.revoke('2', 'owner', user('2'))).toBe('last_owner');
		expect(await later.grant('2', 'muted', user('2'))).toBe('last_owner');
		expect(await later.grant('2', 'owner', user('3'))).toBe('done');
		expect(await later.revoke('3', 'owner', user('2'))).toBe('done');
		expect(await later.rolesOf('2')).toEqual(['member']);
	});

	it('is not the last who is the last in a channel', async () => {
		const { grant, revoke } = world();
		await grant(OWNER, 'owner', user('2'), true);
		expect(await revoke('2', 'owner', user('2'), true)).toBe('done');
	});
});

describe('a change of roles', () => {
	it('is in the audit with who did it, in one commit', async () => {
		const { grant, audited } = world();
		await grant(OWNER, 'approver', user('2'), true);
		expect(await audited('discord', TENANT)).toEqual([
			expect.objectContaining({
				seq: 1,
				actor: { platform: 'discord', id: OWNER },
				action: 'role.grant',
				target: { type: 'user', id: '2' },
				outcome: 'done',
				request: 'r',
				details: { role: 'approver', channel: 'c1' },
			}),
		]);
	});

	it('case 45: is not made when the audit cannot be written; reading goes on', async () => {
		const inner = createMemoryStore();
		const store: Store = { ...inner, commit: async () => Promise.reject(new Error('the disk is gone')) };
		const { grant, rolesOf } = world({ store });
		await expect(grant(OWNER, 'approver', user('2'))).rejects.toThrow('the disk is gone');
		expect(await rolesOf(OWNER)).toEqual(['member', 'owner']);
	});
});
