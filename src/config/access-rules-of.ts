import { type AccessRules, covers, type FixedGrant, OWNER, PERMISSIONS } from '../core/access.ts';
import type { Person } from '../core/approval.ts';
import type { ClientSettings } from '../core/client.ts';
import type { BudgetRules } from '../core/spending.ts';
import type { AccessFile } from './access-schema.ts';
import { isAccount } from './access-settings.ts';
import { anyOf, closest } from './closest.ts';
import type { DataPath, Problem } from './problem.ts';
import type { YamlSource } from './yaml-source.ts';

export interface AccessSettings {
	rules: AccessRules;
	budgets: BudgetRules;
	/** Accounts of one human, for each who has several. */
	people: readonly (readonly Person[])[];
	/** Other systems that may ask over HTTP. */
	clients: readonly ClientSettings[];
}

const ASSUMED = { outputTokens: 32_000, input: 15, output: 75 };
const MICRO = 1_000_000;

/** Ids as the platforms make them: a name in their place would be somebody else's as soon as it is changed. */
const ID_SHAPES: Readonly<Record<string, { user: RegExp; group: RegExp; what: string }>> = {
	discord: { user: /^\d{15,20}$/, group: /^\d{15,20}$/, what: 'an id of Discord: 17 to 20 digits, in quotes' },
	slack: { user: /^[UW][A-Z0-9]+$/, group: /^S[A-Z0-9]+$/, what: 'an id of Slack, such as U0123456789 or S0123456789' },
};

interface Fixed {
	owners: readonly FixedGrant[];
	clients: readonly ClientSettings[];
}

/** `owners` and `clients`: those of the environment. */
export function accessRulesOf(data: AccessFile, { owners, clients }: Fixed): AccessSettings {
	const roles = Object.entries(data.roles).map(
		([name, { allow = [], deny = [] }]): [string, { allow: readonly string[]; deny: readonly string[] }] => [
			name,
			{ allow, deny },
		],
	);
	const { member = [], guest = [], stranger = [], unknown = [], terminal = [], web = [], api = [] } = data.given;
	const given = { member, guest, stranger, unknown, terminal, web, api };
	const grants = (data.grants ?? []).map(({ role, platform, tenant, channel = null, user, group }): FixedGrant => {
		const to = user === undefined ? { type: 'group' as const, id: group ?? '' } : { type: 'user' as const, id: user };
		return { role, platform, tenant, channel, to };
	});
	const { limits = [], assumed_output_tokens, assumed_price } = data.budgets ?? {};
	const microUsd = (usd: number | undefined) => (usd === undefined ? null : Math.floor(usd * MICRO));
	return {
		rules: { roles: new Map(roles), given, grants: [...owners, ...grants] },
		people: (data.people ?? []).map((accounts) => accounts.map(accountOf)),
		clients: [...clients, ...(data.clients ?? [])],
		budgets: {
			limits: limits.map(({ of, each, soft, hard }) => ({ of, each, soft: microUsd(soft), hard: microUsd(hard) })),
			assumedOutputTokens: assumed_output_tokens ?? ASSUMED.outputTokens,
			assumedPrice: {
				input: assumed_price?.input_per_million ?? ASSUMED.input,
				output: assumed_price?.output_per_million ?? ASSUMED.output,
			},
		},
	};
}

/** What the schema alone cannot say of `access.yaml`. */
export function accessProblems(
	{ roles, given, grants = [], people = [], clients = [], budgets }: AccessFile,
	source: YamlSource,
): Problem[] {
	const problem = (path: DataPath, message: string) => source.problem('error', path, message);
	const names = Object.keys(roles);
	const unknownRole = (path: DataPath, role: string): Problem[] => {
		if (names.includes(role)) return [];
		const guess = closest(role, names);
		const advice = guess === null ? `known roles: ${names.join(', ')}` : `did you mean ${guess}?`;
		return [problem(path, `there is no role ${role}; ${advice}`)];
	};
	const ofRoles = Object.entries(roles).flatMap(([role, { allow = [], deny = [] }]) =>
		Object.entries({ allow, deny }).flatMap(([effect, patterns]) =>
			patterns.flatMap((pattern, index) => patternProblem(pattern, (m) => problem(['roles', role, effect, index], m))),
		),
	);
	const owner = roles[OWNER];
	const ofOwner =
		owner?.allow?.includes('*') === true && (owner.deny ?? []).length === 0
			? []
			: [
					problem(
						['roles'],
						`the role ${OWNER} must be there, allow '*' and deny nothing: somebody must be able to do everything`,
					),
				];
	const ofGiven = Object.entries(given).flatMap(([who, list = []]) =>
		list.flatMap((role, index) => unknownRole(['given', who, index], role)),
	);
	const ofGrants = grants.flatMap((grant, index) => [
		...unknownRole(['grants', index, 'role'], grant.role),
		...subjectProblem(grant, (message) => problem(['grants', index], message)),
	]);
	const ofBudgets = (budgets?.limits ?? []).flatMap(({ soft, hard }, index) => {
		const path = ['budgets', 'limits', index];
		if (soft === undefined && hard === undefined) return [problem(path, 'a limit needs soft, hard, or both')];
		return soft !== undefined && hard !== undefined && soft > hard
			? [problem(path, `soft (${soft}) is above hard (${hard}): nobody would be told in time`)]
			: [];
	});
	const ofPeople = people.flatMap((accounts, human) =>
		accounts.flatMap((account, index) => {
			const path = ['people', human, index];
			if (!isAccount(account)) return [problem(path, `expected ${ACCOUNT}; found "${account}"`)];
			const isTwice = people.some((others, other) => other < human && others.includes(account));
			return isTwice ? [problem(path, `${account} belongs to somebody else above already`)] : [];
		}),
	);
	const ofClients = clients.flatMap(({ name, token }, index) => {
		const before = clients.slice(0, index);
		if (before.some((other) => other.name === name)) {
			return [problem(['clients', index, 'name'], `the client ${name} is there already`)];
		}
		return before.some((other) => other.token === token)
			? [problem(['clients', index, 'token'], 'another client has this token; each needs its own')]
			: [];
	});
	return [...ofRoles, ...ofOwner, ...ofGiven, ...ofGrants, ...ofPeople, ...ofClients, ...ofBudgets];
}

const ACCOUNT = 'platform:tenant:user, such as discord:1323802873036800006:1323802873036800001';

function accountOf(account: string): Person {
	const [platform = '', tenant = '', user = ''] = account.split(':');
	return { platform, tenant, user };
}

/** A pattern that covers nothing is a slip: what was to be denied would be allowed. */
function patternProblem(pattern: string, problem: (message: string) => Problem): Problem[] {
	if (/^tool:use:[^/\s]+(?:\/\S+)?$/.test(pattern)) return [];
	if (PERMISSIONS.some((permission) => covers(pattern, permission))) return [];
	const guess = closest(pattern, PERMISSIONS);
	return [
		problem(
			`there is no permission ${pattern}; ${guess === null ? anyOf([...PERMISSIONS]) : `did you mean ${guess}?`}`,
		),
	];
}

function subjectProblem(
	{ platform, user, group }: NonNullable<AccessFile['grants']>[number],
	problem: (message: string) => Problem,
): Problem[] {
	if ((user === undefined) === (group === undefined)) return [problem('a grant needs either user or group')];
	const shape = ID_SHAPES[platform];
	if (shape === undefined) return group === undefined ? [] : [problem(`${platform} has no groups; write user`)];
	const fits = user === undefined ? shape.group.test(group ?? '') : shape.user.test(user);
	return fits ? [] : [problem(`expected ${shape.what}; names are not taken, since anybody can choose theirs`)];
}
