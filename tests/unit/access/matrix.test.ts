import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import type { AccessRules } from '../../../src/core/access.ts';
import type { Bot } from '../../../src/core/command.ts';
import { BotError } from '../../../src/core/errors.ts';
import type { Inbound, Principal } from '../../../src/core/gateway.ts';
import { createDispatch } from '../../../src/dispatch.ts';
import { accessWorld, shippedAccess } from '../../support/access.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();
const shipped = (await shippedAccess()).rules;
const { policy } = (await loadConfig({ file: 'config/massgen.yaml', flags: {}, env: {}, cwd: process.cwd() })).settings;
const ruling = { verdict: 'run', risk: 'low', needed: 1, reasons: [] } as const;

/** In the order of the columns of the table. `nobody` has no role at all. */
const ROLES = ['owner', 'admin', 'operator', 'builder', 'member', 'approver', 'auditor', 'viewer', 'nobody'] as const;
type Role = (typeof ROLES)[number];
const PLATFORMS = ['discord', 'slack', 'web', 'terminal'] as const;

/** What people do: a command with its options, or a press. A `y` for each role that may, in the order above. */
const TABLE: readonly (readonly [what: string, options: Record<string, unknown>, may: string, where?: 'terminal'])[] = [
	['ask', { question: 'Why?' }, 'yyyyy----'],
	['retry', {}, 'yyyyy----'],
	['choice', {}, 'yyyyy----'],
	['stop', { run: 'own' }, 'yyyyyy-y-'],
	['stop', { run: 'of-another' }, 'yyy------'],
	['status', {}, 'yyyyyyyy-'],
	['sessions', {}, 'yyyyyyyy-'],
	['why', {}, 'yyyyyyyy-'],
	['rate', { verdict: 'good' }, 'yyyyyyyy-'],
	['teams', {}, 'yyyyyyyy-'],
	['help', {}, 'yyyyyyyy-'],
	['tools', { action: 'list' }, 'yyyyyyy--'],
	['tools', { action: 'show', server: 'sea' }, 'yyyyyyy--'],
	['tools', { action: 'pin', server: 'sea' }, 'yy-y-----'],
	['approvals', { action: 'list' }, 'yyy--yy--'],
	['approvals', { action: 'show', id: 'a' }, 'yyy--yy--'],
	['policy', { action: 'show' }, 'yyyyyyy--'],
	['policy', { action: 'test', call: 'mail__send {}' }, 'yyyyyyy--'],
	['memory', { action: 'show' }, 'yyyyy-y--'],
	['memory', { action: 'add', text: 'We deploy on Fridays' }, 'yy-yy----'],
	['memory', { action: 'add', text: 'I like tea', mine: true }, 'yyyyy-y--'],
	['memory', { action: 'forget', all: true }, 'yy-------'],
	['roles', { action: 'list' }, 'yyyyyyy--'],
	['roles', { action: 'grant', role: 'viewer', to: 'user:u2' }, 'yy-------'],
	['roles', { action: 'revoke', role: 'viewer', to: 'user:u2' }, 'yy-------'],
	['resume', {}, 'yyyyy----', 'terminal'],
];

const cases = TABLE.flatMap(([what, options, may, where]) =>
	ROLES.flatMap((role, at) =>
		PLATFORMS.map((platform) => ({
			what,
			options,
			role,
			platform,
			allowed: may[at] === 'y' && (where === undefined || where === platform),
		})),
	),
);

/** Sends what somebody with one role does through dispatch; what came of it. */
async function attempt({ what, options, role, platform }: (typeof cases)[number]) {
	const place = { platform, tenant: 't' };
	const held = role === 'nobody' ? [] : [{ role, ...place, channel: null, to: { type: 'user', id: 'u1' } as const }];
	const rules: AccessRules = {
		...shipped,
		given: { member: [], guest: [], stranger: [], unknown: [], terminal: [], web: [], api: [] },
		grants: [...held, { role: 'viewer', ...place, channel: null, to: { type: 'user', id: 'u2' } }],
	};
	const store = createMemoryStore();
	const clock = createManualClock();
	const { doorkeeper, roles, problems, audited } = accessWorld({ rules, store, clock });
	const done: string[] = [];
	const noting =
		<T>(name: string, result: T) =>
		async () => {
			done.push(name);
			return result;
		};
	const bot: Bot = {
		ask: noting('ask', { type: 'started', run: 'r1' } as const),
		retry: noting('retry', { type: 'started', run: 'r1' } as const),
		resume: noting('resume', 'r1'),
		decide: noting('decide', null),
		choose: noting('choose', true),
		async stop({ run, allow }) {
			await allow(run === 'own' ? 'u1' : 'u2');
			done.push('stop');
			return true;
		},
		status: noting('status', []),
		threads: noting('threads', { threads: [], more: false }),
		why: noting('why', null),
		rate: noting('rate', true),
		teams: noting('teams', { teams: [], notes: [] }),
		toolServers: async () => [{ server: 'sea', instructions: '', tools: [] }],
		acceptTools: noting('accept', []),
		roles,
		approvals: noting('approvals', []),
		approval: noting('approval', null),
		policy: () => {
			done.push('policy');
			return policy;
		},
		tryPolicy: noting('tryPolicy', { tool: 't', isKnown: true, clean: ruling, tainted: ruling }),
		memory: {
			about: noting('about', { on: true, count: 0, most: 1, retentionDays: null, evicted: 0, expired: 0, calls: 0 }),
			list: noting('list', []),
			search: noting('search', []),
			add: noting('add', null),
			find: noting('find', null),
			edit: noting('edit', null),
			forget: noting('forget', 0),
			turn: noting('turn', undefined),
			recall: noting('recall', []),
		},
	};
	const dispatch = createDispatch({
		store,
		clock,
		bot,
		doorkeeper,
		sayIn: () => say,
		commands,
		onProblem: (error) => void problems.push(error),
	});
	const principal: Principal = { ...place, user: 'u1', roles: [], kind: 'member' };
	const common = { id: 'i1', principal, session: `${platform}:t:c:1` };
	const inbound: Inbound =
		what === 'choice'
			? { ...common, type: 'choice', run: 'r1', orchestration: 1, agent: 'a' }
			: { ...common, type: 'command', name: what, options };
	const said: string[] = [];
	const error = await dispatch.dispatch(inbound, async (text) => void said.push(text));
	expect(problems).toEqual([]);
	return { error, said, done, rows: await audited(platform, 't') };
}

describe('case 37: every command by every role on every platform', () => {
	it('has a row for every command there is', () => {
		expect([...new Set(TABLE.map(([what]) => what))].sort()).toEqual(
			['choice', ...commands.map(({ name }) => name)].sort(),
		);
		for (const [what, , may] of TABLE) expect([what, may]).toEqual([what, expect.stringMatching(/^[y-]{9}$/)]);
		expect(ROLES.filter((role: Role) => role !== 'nobody').sort()).toEqual([...shipped.roles.keys()].sort());
	});

	it.each(TABLE.map(([what, options]) => ({ what, options })))('$what $options', async ({ what, options }) => {
		for (const one of cases.filter((row) => row.what === what && row.options === options)) {
			const { error, said, done, rows } = await attempt(one);
			const label = `${one.what} as ${one.role} on ${one.platform}`;
			if (one.allowed) {
				expect(error, label).toBeNull();
				continue;
			}
			expect(error, label).toBeInstanceOf(BotError);
			expect(done, label).toEqual([]);
			expect(said, label).toHaveLength(1);
			if (error?.code === 'not_permitted') {
				expect(said[0], label).toMatch(/needs the permission `[a-z:-]+`, which these roles have: .*owner/);
				expect(rows, label).toMatchObject([{ action: 'command.refuse', actor: { id: 'u1' }, reason: 'lacking' }]);
			} else expect([one.what, said[0]], label).toEqual(['resume', expect.stringContaining('no command')]);
		}
	});
});
