import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import { createLinks } from '../../../src/access/links.ts';
import { createStandings } from '../../../src/access/standings.ts';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { kindOfAddress } from '../../../src/adapters/tools/mcp/addresses.ts';
import { type ApprovalOptions, createApprovals } from '../../../src/approvals/approvals.ts';
import { createAuditLog } from '../../../src/audit/audit-log.ts';
import { chainOf } from '../../../src/audit/chain.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import type { AccessRules } from '../../../src/core/access.ts';
import type { Approval, ApprovalDecision, ApprovalItem, Person } from '../../../src/core/approval.ts';
import type { GatedCall, GatedRun, GateVerdict } from '../../../src/core/gate.ts';
import type { Principal, PrincipalKind } from '../../../src/core/gateway.ts';
import type { RiskPolicy } from '../../../src/core/risk-policy.ts';
import { encodeSessionId } from '../../../src/core/session-id.ts';
import type { Store } from '../../../src/core/store.ts';
import type { Tool } from '../../../src/core/tool.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { strictEnglish } from '../../support/say.ts';
import { checkFiles, mustLoad } from '../config/check.ts';

export const say = await strictEnglish();

/** The policy of a file with these lines. */
export async function policyOf(yaml: string): Promise<RiskPolicy> {
	const files = { 'team.yaml': 'default_team: auto\n', 'risk-policy.yaml': yaml };
	return mustLoad(await checkFiles(files)).settings.policy;
}

const config = await loadConfig({ file: 'config/massgen.yaml', flags: {}, env: {}, cwd: process.cwd() });
export const shipped: RiskPolicy = config.settings.policy;

/** Everybody on Discord in one server: who they are there, and the roles that the platform says they have. */
const PEOPLE: Readonly<Record<string, { kind: PrincipalKind; roles: readonly string[] }>> = {
	ada: { kind: 'member', roles: ['approvers'] },
	ben: { kind: 'member', roles: ['approvers'] },
	cleo: { kind: 'member', roles: ['approvers', 'leads'] },
	dora: { kind: 'member', roles: ['leads'] },
	mia: { kind: 'member', roles: [] },
	gus: { kind: 'guest', roles: ['approvers'] },
	stan: { kind: 'stranger', roles: ['approvers'] },
	robo: { kind: 'bot', roles: ['approvers'] },
};

const rules: AccessRules = {
	roles: new Map([
		['owner', { allow: ['*'], deny: [] }],
		['approver', { allow: ['approval'], deny: [] }],
		['operator', { allow: ['approval'], deny: [] }],
		['member', { allow: ['run', 'tool:use'], deny: ['tool:use:vault'] }],
	]),
	given: { member: ['member'], guest: [], stranger: [], unknown: [], terminal: ['owner'], web: ['owner'], api: [] },
	grants: [
		{ role: 'approver', platform: 'discord', tenant: 'g1', to: { type: 'group', id: 'approvers' }, channel: null },
		{ role: 'operator', platform: 'discord', tenant: 'g1', to: { type: 'group', id: 'leads' }, channel: null },
	],
};

export const person = (user: string, platform = 'discord', tenant = 'g1'): Principal => ({
	...{ platform, tenant, user, roles: null },
	...(platform === 'discord' ? {} : { kind: 'member' as const, roles: [] }),
});

export const session = (channel = 'c1', platform = 'discord', tenant = 'g1') =>
	encodeSessionId({ platform, tenant, channel, thread: 't1' });

export const gatedRun = (more: Partial<GatedRun> = {}): GatedRun => ({
	run: 'r1',
	session: session(),
	question: 'Tell the customers?',
	requester: { platform: 'discord', tenant: 'g1', user: 'ada' },
	locale: null,
	canAsk: true,
	...more,
});

export const tool = (more: Partial<Tool> = {}): Tool => ({
	name: 'mail__send',
	source: 'mail',
	description: 'Sends a mail.',
	parameters: {
		type: 'object',
		properties: { to: { type: 'string' }, text: { type: 'string' } },
		required: ['to'],
		additionalProperties: false,
	},
	effects: 'irreversible',
	idempotent: false,
	openWorld: false,
	fingerprint: 'f1',
	label: 'mail · send',
	...more,
});

export const call = (more: Partial<GatedCall> = {}): GatedCall => ({
	agent: 'a',
	name: 'agent1',
	attempt: 1,
	kind: 'present',
	callId: 'r1/a/1/1/c1',
	tool: tool(),
	input: { to: 'eve@example.com', text: 'hello' },
	said: 'I should send this.',
	tainted: false,
	begun: false,
	...more,
});

export interface WorldOptions {
	policy?: RiskPolicy;
	store?: Store;
	clock?: ManualClock;
	judge?: ApprovalOptions['judge'];
	linked?: readonly (readonly [Person['user'], Person['user']])[];
	dataDir?: string;
}

/** The engine over a store of its own, with the audit and the roles that the program has. */
export async function approvalWorld(options: WorldOptions = {}) {
	const { policy = shipped, store = createMemoryStore(), clock = createManualClock(), judge = null } = options;
	const dataDir = options.dataDir ?? (await temporary());
	const problems: unknown[] = [];
	const people = new Map(Object.entries(PEOPLE));
	const linked = (options.linked ?? []).map((users) =>
		users.map((user) => ({ platform: 'discord', tenant: 'g1', user })),
	);
	const audit = createAuditLog({
		...{ store, clock, dataDir, given: null, secrets: [], checkpoints: join(dataDir, 'checkpoints.jsonl') },
		onProblem: (error) => void problems.push(error),
	});
	onTestFinished(() => audit.close());
	const standings = createStandings({
		clock,
		async look({ platform, user }) {
			const found = people.get(user) ?? { kind: platform === 'discord' ? 'stranger' : 'member', roles: [] };
			return { name: null, ...found };
		},
	});
	const engine = createApprovals({
		...{ store, clock, policy, audit, judge, secrets: ['hunter2-hunter2'] },
		access: createAccess({ rules, store, standings }),
		samePerson: createLinks(linked),
		sayIn: () => say,
		addressKind: kindOfAddress,
		toolOf: async (name) => (name === tool().name ? tool() : null),
		onProblem: (error) => void problems.push(error),
	});
	const { approvals, desk } = engine;
	const check = (given: Partial<GatedCall> = {}, run = gatedRun()): Promise<GateVerdict> =>
		approvals.gateOf(run).check(call(given), AbortSignal.timeout(60_000));

	/** Asks people about calls, as a run does when a turn is suspended. */
	const request = async (items: readonly ApprovalItem[], run = gatedRun(), agent = 'a'): Promise<Approval> => {
		const turn = { agent, name: 'agent1', attempt: 1 };
		const { approval, changes, rows } = await approvals.request(run, turn, items);
		await audit.record(rows, changes);
		return approval;
	};
	const asked = async (given: Partial<GatedCall> = {}, run = gatedRun()): Promise<Approval> =>
		request([itemIn(await check(given, run))], run);

	const press = (
		approval: Approval,
		verdict: ApprovalDecision['verdict'],
		by: Principal,
		about: { callId?: string | null; revision?: number | null } = {},
	) => {
		const { callId = approval.items[0]?.callId ?? null, revision = callId === null ? null : 1 } = about;
		const how = { via: 'thread', locale: null, request: 'i1' };
		return desk.decide({ approval: approval.id, callId, revision, verdict }, by, how);
	};

	return {
		...{ engine, approvals, desk, store, clock, audit, policy, problems, people, dataDir },
		...{ check, request, asked, press },
		state: async (approval: Approval) => (await desk.find(approval.id))?.items.map(({ state }) => state),
		item: async (approval: Approval, index = 0): Promise<ApprovalItem> => {
			const item = (await desk.find(approval.id))?.items[index];
			if (item === undefined) throw new Error('there is no such item');
			return item;
		},
		/** What the audit has of a place: the action and how it ended. */
		async rows(platform = 'discord', tenant = 'g1'): Promise<string[]> {
			const found = await store.read(chainOf({ platform, tenant }), { after: 0, limit: 10_000 });
			return found.map(({ value }) => {
				const { action, outcome, reason } = value as { action: string; outcome: string; reason?: string };
				return `${action} ${outcome}${reason === undefined ? '' : ` ${reason}`}`;
			});
		},
	};
}

export type ApprovalWorld = Awaited<ReturnType<typeof approvalWorld>>;

async function temporary(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'massgen-approvals-'));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

export function itemIn(verdict: GateVerdict): ApprovalItem {
	if (verdict.type !== 'ask') throw new Error(`not asked: ${JSON.stringify(verdict)}`);
	return verdict.item;
}

export const approve = { type: 'approve', forRun: false } as const;
export const deny = (reason: string | null = null) => ({ type: 'deny', reason }) as const;
export const edit = (input: unknown) => ({ type: 'edit', arguments: JSON.stringify(input) }) as const;
