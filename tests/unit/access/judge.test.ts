import { describe, expect, it } from 'vitest';
import { heldRoles, judge } from '../../../src/access/judge.ts';
import { type AccessRules, covers, PERMISSIONS, type Permission } from '../../../src/core/access.ts';
import type { Standing } from '../../../src/core/gateway.ts';
import { shippedAccess } from '../../support/access.ts';

const { rules } = await shippedAccess();

/** What each role of the shipped file may do: the table that the file is held to. */
const MAY: Readonly<Record<string, readonly Permission[]>> = {
	owner: PERMISSIONS,
	admin: PERMISSIONS.filter((one) => !/^(approval:(decide|grant)|secret|data|audit:export)/.test(one)),
	operator: [
		...(['team:read', 'run:start', 'run:stop', 'run:stop-any', 'run:read', 'tool:read', 'tool:use'] as const),
		...(['approval:read', 'policy:read', 'role:read', 'memory:read', 'budget:read'] as const),
	],
	approver: [
		...(['team:read', 'run:stop', 'run:read', 'tool:read', 'approval:read', 'approval:decide:low'] as const),
		...([
			'approval:decide:medium',
			'approval:decide:high',
			'approval:decide:critical',
			'policy:read',
			'role:read',
		] as const),
	],
	builder: [
		...(['team:read', 'run:start', 'run:stop', 'run:read', 'tool:read', 'tool:use', 'tool:pin'] as const),
		...(['policy:read', 'config:write', 'role:read', 'memory:read', 'memory:write'] as const),
	],
	member: [
		...(['team:read', 'run:start', 'run:stop', 'run:read', 'tool:read', 'tool:use', 'policy:read'] as const),
		...(['role:read', 'memory:read', 'memory:write'] as const),
	],
	auditor: [
		...(['team:read', 'run:read', 'tool:read', 'approval:read', 'policy:read', 'role:read', 'memory:read'] as const),
		...(['budget:read', 'audit:read', 'audit:export'] as const),
	],
	viewer: ['team:read', 'run:stop', 'run:read'],
};

const OUTSIDERS_MAY = ['team:read', 'run:read', 'run:stop'];
const scope = { platform: 'discord', tenant: 'T', channel: 'c' };
const member: Standing = { kind: 'member', roles: [], name: null };

/** What somebody may who has these roles and no other. */
const mayWith = (roles: readonly string[], standing: Standing | null, among: AccessRules = rules) =>
	PERMISSIONS.filter((one) => judge(among, { roles, possible: [] }, standing, one).allowed);

describe('the roles that the program comes with', () => {
	it('are exactly those of the table', () => {
		expect([...rules.roles.keys()].sort()).toEqual(Object.keys(MAY).sort());
	});

	it.each(Object.keys(MAY))('%s may do what the table says and nothing else', (role) => {
		expect(mayWith([role], member)).toEqual(PERMISSIONS.filter((one) => MAY[role]?.includes(one)));
	});

	it.each(Object.keys(MAY))('case 42: as %s, a guest, a stranger or a bot starts, uses and decides nothing', (role) => {
		for (const kind of ['guest', 'stranger'] as const) {
			for (const one of mayWith([role], { ...member, kind })) expect(OUTSIDERS_MAY).toContain(one);
		}
		expect(mayWith([role], null).filter((one) => !OUTSIDERS_MAY.includes(one))).toEqual([]);
		expect(mayWith([role], { ...member, kind: 'bot' })).toEqual([]);
		expect(mayWith([role], { ...member, kind: 'platform' })).toEqual(['run:stop', 'run:stop-any']);
	});
});

describe('a denial', () => {
	const strict: AccessRules = {
		...rules,
		roles: new Map([
			...rules.roles,
			['muted', { allow: [], deny: ['run:start'] }],
			['careful', { allow: ['tool:use'], deny: ['tool:use:mail/send', 'tool:use:shell'] }],
		]),
		grants: [{ role: 'muted', platform: 'discord', tenant: 'T', channel: 'c', to: { type: 'group', id: 'g' } }],
	};
	const of = (permission: string, roles: readonly string[]) =>
		judge(strict, { roles, possible: [] }, member, permission).why;

	it('of one role goes before everything that others allow, whatever their order', () => {
		expect(of('run:start', ['owner', 'muted'])).toBe('denied');
		expect(of('run:start', ['muted', 'owner'])).toBe('denied');
		expect(of('run:stop', ['muted', 'owner'])).toBe('granted');
	});

	it('of one tool or of one server leaves the others', () => {
		const verdicts = ['tool:use:mail/send', 'tool:use:mail/read', 'tool:use:shell/run', 'tool:use:shells/run'];
		expect(verdicts.map((one) => of(one, ['careful', 'owner']))).toEqual(['denied', 'granted', 'denied', 'granted']);
	});

	it('holds in its own channel alone, and for the members of its group', () => {
		const held = (groups: string[] | null, channel: string | null) =>
			heldRoles(strict, [], { user: 'u', standing: { ...member, roles: groups } }, { ...scope, channel });
		expect(held(['g'], 'c').roles).toEqual(['member', 'muted']);
		expect(held(['g'], 'd').roles).toEqual(['member']);
		expect(held(['g'], null).roles).toEqual(['member']);
		expect(held(['h'], 'c').roles).toEqual(['member']);
	});

	it('holds for everybody as long as it is not known who is in the group; an allowance for nobody', () => {
		const standing: Standing = { ...member, roles: null };
		const held = heldRoles(
			strict,
			[{ role: 'owner', to: { type: 'group', id: 'x' }, channel: null }],
			{ user: 'u', standing },
			scope,
		);
		expect(held).toEqual({ roles: ['member'], possible: ['muted', 'owner'] });
		expect(judge(strict, held, standing, 'run:start').why).toBe('denied');
		expect(judge(strict, held, standing, 'config:write').why).toBe('lacking');
	});
});

describe('a pattern', () => {
	it.each([
		['*', 'data:erase', true],
		['run', 'run:stop-any', true],
		['run:stop', 'run:stop-any', false],
		['approval:decide', 'approval:decide:high', true],
		['tool:use:mail', 'tool:use:mail/send', true],
		['tool:use:mail', 'tool:use:mailer/send', false],
		['tool:use:mail/send', 'tool:use', false],
		['', 'run:start', false],
	])('%j covers %s: %s', (pattern, permission, expected) => {
		expect(covers(pattern, permission)).toBe(expected);
	});
});
