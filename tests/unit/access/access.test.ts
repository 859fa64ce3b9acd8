import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { AccessRules, Grant } from '../../../src/core/access.ts';
import type { Principal, Standing } from '../../../src/core/gateway.ts';
import { accessWorld, shippedAccess } from '../../support/access.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const { rules } = await shippedAccess({ OWNERS: 'slack:T1:UOWNER' });

const SESSION = 'slack:T1:C1:1';
const person = (user: string, more: Partial<Principal> = {}): Principal => ({
	platform: 'slack',
	tenant: 'T1',
	user,
	roles: null,
	...more,
});
const approverGroup: AccessRules = {
	...rules,
	grants: [
		...rules.grants,
		{ role: 'approver', platform: 'slack', tenant: 'T1', channel: null, to: { type: 'group', id: 'S1' } },
	],
};

/** A Slack whose word on people can change. */
function world(options: { rules?: AccessRules; people?: Record<string, Partial<Standing>> } = {}) {
	const clock = createManualClock();
	const people = new Map(Object.entries(options.people ?? {}));
	let isDown = false;
	const made = accessWorld({
		rules: options.rules ?? rules,
		clock,
		async look({ user }) {
			if (isDown) throw new Error('Slack does not answer');
			const found = people.get(user);
			return { kind: found === undefined ? 'stranger' : 'member', roles: [], name: user, ...found };
		},
	});
	const may = async (user: string, permission: Parameters<typeof made.access.may>[1], more?: Partial<Principal>) =>
		(await made.access.may(person(user, more), permission, { session: SESSION })).why;
	return {
		...made,
		clock,
		people,
		may,
		break(down: boolean) {
			isDown = down;
		},
	};
}

describe('case 38: a role that was taken away on the platform', () => {
	it('is gone at the next press at high risk, without a restart and without waiting', async () => {
		const { may, people } = world({ rules: approverGroup, people: { U1: { roles: ['S1'] } } });
		expect(await may('U1', 'approval:decide:high')).toBe('granted');
		expect(await may('U1', 'approval:decide:low')).toBe('granted');
		people.set('U1', { roles: [] });
		expect(await may('U1', 'approval:decide:high')).toBe('lacking');
		expect(await may('U1', 'approval:decide:low')).toBe('lacking');
	});

	it('is gone for everything else after a minute at the latest', async () => {
		const { may, people, clock, looked } = world({ rules: approverGroup, people: { U1: { roles: ['S1'] } } });
		expect(await may('U1', 'approval:decide:low')).toBe('granted');
		people.set('U1', { roles: [] });
		await clock.advance(60_000);
		expect(await may('U1', 'approval:decide:low')).toBe('granted');
		expect(looked).toHaveLength(1);
		await clock.advance(1);
		expect(await may('U1', 'approval:decide:low')).toBe('lacking');
	});

	it('is not believed of the event that brought the press, at high risk', async () => {
		const { may } = world({ rules: approverGroup, people: { U1: { roles: [] } } });
		expect(await may('U1', 'approval:decide:critical', { kind: 'member', roles: ['S1'] })).toBe('lacking');
	});
});

describe('case 39: a platform that does not say who somebody is', () => {
	it('leaves them the least: they may look on and stop what is theirs', async () => {
		const { may, break: set } = world({ people: { UOWNER: {} } });
		set(true);
		expect(await may('UOWNER', 'run:start')).toBe('unknown');
		expect(await may('UOWNER', 'approval:decide:high')).toBe('unknown');
		expect(await may('UOWNER', 'role:assign')).toBe('unknown');
		expect(await may('UOWNER', 'run:stop')).toBe('granted');
		set(false);
		expect(await may('UOWNER', 'run:start')).toBe('granted');
	});

	it('takes back what was known when it fails at a decision', async () => {
		const { may, break: set } = world({ people: { UOWNER: {} } });
		expect(await may('UOWNER', 'config:write')).toBe('granted');
		set(true);
		expect(await may('UOWNER', 'approval:decide:high')).toBe('unknown');
		expect(await may('UOWNER', 'config:write')).toBe('unknown');
	});

	it('is a refusal, too, when what was granted cannot be read', async () => {
		const inner = createMemoryStore();
		const store = { ...inner, get: async () => Promise.reject(new Error('the disk is gone')) };
		const { access } = accessWorld({ rules, store });
		await expect(access.may(person('UOWNER'), 'run:start', { session: SESSION })).rejects.toThrow('disk');
	});
});

describe('case 42: guests and people of another workspace', () => {
	it('start no run, use no tool and decide nothing, also as owners', async () => {
		const { may } = world({ people: { UOWNER: { kind: 'guest' }, U2: { kind: 'stranger' } } });
		for (const user of ['UOWNER', 'U2', 'U-nobody']) {
			for (const permission of [
				'run:start',
				'tool:use',
				'tool:use:mail/send',
				'approval:decide:low',
				'role:assign',
			] as const) {
				expect(await may(user, permission), `${user} ${permission}`).toBe('outsider');
			}
		}
	});
});

describe('a place', () => {
	it('of another server or workspace is out of reach, for its owner too', async () => {
		const { access } = world({ people: { UOWNER: {} } });
		for (const session of ['slack:T2:C1:1', 'discord:T1:C1:1', 'web:local:c:1']) {
			expect(await access.may(person('UOWNER'), 'team:read', { session })).toMatchObject({
				allowed: false,
				why: 'elsewhere',
			});
			expect(await access.rolesOf(person('UOWNER'), { session })).toEqual([]);
		}
	});

	it('that is a channel may have roles of its own', async () => {
		const operator: Grant = { role: 'operator', channel: 'C1', to: { type: 'user', id: 'U1' } };
		const own: AccessRules = { ...rules, grants: [{ ...operator, platform: 'slack', tenant: 'T1' }] };
		const { access } = world({ rules: own, people: { U1: {} } });
		expect(await access.rolesOf(person('U1'), { session: SESSION })).toEqual(['member', 'operator']);
		expect(await access.rolesOf(person('U1'), { session: 'slack:T1:C2:1' })).toEqual(['member']);
	});

	it('of whoever sits at the machine or has the page is theirs', async () => {
		const { access } = accessWorld({ rules });
		for (const platform of ['terminal', 'web']) {
			const local = person('local', { platform, tenant: 'local', kind: 'member', roles: [] });
			expect(await access.rolesOf(local, { session: `${platform}:local:c:1` })).toEqual(['owner']);
		}
	});
});

describe('who is asked about on the platform', () => {
	it('is asked about once a minute, and about groups only where a group has a role', async () => {
		const asked: boolean[] = [];
		const look = async (_: Principal, __: string, groups: boolean): Promise<Standing> => {
			asked.push(groups);
			return { kind: 'member', roles: groups ? ['S1'] : null, name: null };
		};
		const plain = accessWorld({ rules, look });
		for (let n = 0; n < 3; n += 1) await plain.access.may(person('U1'), 'run:start', { session: SESSION });
		const grouped = accessWorld({ rules: approverGroup, look });
		await grouped.access.may(person('U1'), 'run:start', { session: SESSION });
		expect(asked).toEqual([false, true]);
	});

	it('is told with who has what they lack', async () => {
		const { access } = world();
		expect(await access.holders('config:write', SESSION)).toEqual({
			roles: ['owner', 'admin', 'builder'],
			names: ['UOWNER'],
		});
		expect((await access.holders('config:write', 'slack:T2:C1:1')).names).toEqual([]);
	});
});
