import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Risk } from '../core/approval.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { messageOf } from '../core/errors.ts';
import type { ArgumentTest, PolicyRule, RiskPolicy, ToolPattern } from '../core/risk-policy.ts';
import { checkFile } from './checked-file.ts';
import { type ArgumentConfig, type PolicyFile, policyFileSchema, type RuleConfig } from './policy-schema.ts';
import type { Environment } from './prepare.ts';
import type { Problem } from './problem.ts';
import type { YamlSource } from './yaml-source.ts';

/** Its name beside the main file. */
const NAME = 'risk-policy.yaml';
/** Used where the configuration has none of its own. */
const SHIPPED = resolve(import.meta.dirname, '../../config', NAME);
/** Grows when what the program itself makes of a policy changes: then nothing that was approved before counts. */
const PROGRAM = 1;

/**
 * The policy that the main file names, or the one beside it, or the shipped one. Null: it has errors, which are in
 * `problems`.
 */
export async function readPolicy(
	named: string | undefined,
	mainFile: string,
	options: { env: Environment; cwd: string; teams: readonly string[]; roles: readonly string[] | null },
	problems: Problem[],
): Promise<{ policy: RiskPolicy; file: string } | null> {
	const beside = resolve(dirname(mainFile), named ?? NAME);
	const file = named === undefined && !(await isThere(beside)) ? SHIPPED : beside;
	const read = await checkFile(policyFileSchema, file, 'main', options, problems);
	if (read?.data == null) return null;
	const { data, source } = read;
	const found = [...ruleProblems(data.rules ?? [], source), ...foreignProblems(data, source, options)];
	problems.push(...found);
	return found.length > 0 ? null : { policy: policyOf(data), file };
}

/** What a policy names and nobody has. `roles` null: not known. */
function foreignProblems(
	{ judge, rules = [] }: PolicyFile,
	source: YamlSource,
	{ teams, roles }: { teams: readonly string[]; roles: readonly string[] | null },
): Problem[] {
	const faults: Problem[] = [];
	if (judge !== undefined && !teams.includes(judge.team)) {
		const message = `there is no team ${judge.team}; known teams: ${teams.join(', ')}`;
		faults.push(source.problem('error', ['judge', 'team'], message));
	}
	for (const [i, { approvers = [] }] of rules.entries()) {
		const unknown = approvers.flat().find((role) => roles?.includes(role) === false);
		if (unknown === undefined) continue;
		const message = `there is no role ${unknown}; known roles: ${roles?.join(', ')}`;
		faults.push(source.problem('error', ['rules', i, 'approvers'], message));
	}
	return faults;
}

const isThere = (file: string): Promise<boolean> =>
	access(file).then(
		() => true,
		() => false,
	);

function policyOf(data: PolicyFile): RiskPolicy {
	const { taint, people, expiry_minutes: expiry, judge } = data;
	const policy = {
		rules: (data.rules ?? []).map(ruleOf),
		external: data.external ?? 'low',
		irreversible: data.irreversible ?? 'medium',
		taint: {
			risk: taint?.risk ?? 'high',
			reads: taint?.reads ?? 'medium',
			private: (taint?.private ?? []).map(patternOf),
		},
		people: byRisk((risk) => people?.[risk] ?? (risk === 'critical' ? 2 : 1)),
		waitMs: byRisk((risk) => milliseconds(expiry?.[risk] ?? (risk === 'critical' ? 10 : 30))),
		remindAfter: data.remind_after ?? 0.25,
		escalateAfter: data.escalate_after ?? 0.5,
		openCards: data.open_cards ?? 10,
		requesterUpTo: data.requester_up_to ?? 'medium',
		alone: data.alone ?? ['terminal', 'web'],
		judge: judge === undefined ? null : { team: judge.team, timeoutMs: (judge.timeout_seconds ?? 20) * 1_000 },
	} satisfies Omit<RiskPolicy, 'version'>;
	return { ...policy, version: versionOf(policy) };
}

/** Maps have no order and no JSON of their own: their entries have. */
function versionOf(policy: Omit<RiskPolicy, 'version'>): string {
	const rules = policy.rules.map((rule) => ({
		...rule,
		arguments: rule.arguments === null ? null : Object.fromEntries(rule.arguments),
	}));
	return createHash('sha256')
		.update(canonicalJson({ program: PROGRAM, ...policy, rules }))
		.digest('hex');
}

const byRisk = (of: (risk: Risk) => number): Record<Risk, number> => ({
	low: of('low'),
	medium: of('medium'),
	high: of('high'),
	critical: of('critical'),
});

const milliseconds = (minutes: number) => Math.round(minutes * 60_000);

function ruleOf({ rule, match, verdict, risk, needed, text, for_run, approvers, expiry_minutes }: RuleConfig) {
	const tests = Object.entries(match.arguments ?? {}).map(([path, test]) => [path, testOf(test)] as const);
	return {
		id: rule,
		...patternOf(match),
		effects: match.effects ?? null,
		arguments: match.arguments === undefined ? null : new Map(tests),
		verdict,
		risk: risk ?? 'medium',
		needed: needed ?? null,
		text: text ?? '',
		forRun: for_run ?? null,
		approvers: approvers ?? null,
		waitMs: expiry_minutes === undefined ? null : milliseconds(expiry_minutes),
	} satisfies PolicyRule;
}

const patternOf = ({ source, tool }: { source?: string | undefined; tool?: string | undefined }): ToolPattern => ({
	source: source ?? null,
	tool: tool ?? null,
});

function testOf(test: ArgumentConfig): ArgumentTest {
	if (test.matches !== undefined) return { type: 'matches', pattern: test.matches };
	if (test.in !== undefined) return { type: 'in', values: test.in };
	return test.equals === undefined ? { type: 'any' } : { type: 'equals', value: test.equals };
}

/** What the schema alone cannot say about rules. */
function ruleProblems(rules: readonly RuleConfig[], source: YamlSource): Problem[] {
	const names = new Set<string>();
	return rules.flatMap((rule, i) => {
		const at = ['rules', i];
		const faults = [...matchProblems(rule, at, source)];
		const report = (message: string, key: string) => faults.push(source.problem('error', at, message, key));
		if (names.has(rule.rule)) report(`another rule is called ${rule.rule}; each needs a name of its own`, 'rule');
		names.add(rule.rule);
		if (rule.rule.startsWith('code:')) report('names that begin with code: are those of the program', 'rule');
		if (rule.verdict === 'allow') {
			for (const key of ['needed', 'for_run', 'approvers', 'expiry_minutes', 'risk'] as const) {
				if (rule[key] !== undefined) report(`${key} has no effect on what runs without asking; remove it`, key);
			}
		}
		return faults;
	});
}

function matchProblems(
	{ match, verdict }: RuleConfig,
	at: readonly (string | number)[],
	source: YamlSource,
): Problem[] {
	const place = [...at, 'match'];
	const faults: Problem[] = [];
	if (verdict === 'allow') {
		for (const key of ['source', 'tool'] as const) {
			const value = match[key];
			if (value !== undefined && !value.includes('*')) continue;
			const message = `what runs without asking must name its ${key} exactly, without *`;
			faults.push(source.problem('error', place, message, value === undefined ? undefined : key));
		}
		if (match.arguments === undefined) {
			const message =
				'what runs without asking must name all arguments: `arguments: {name: {any: true}}`, or `{}` for a tool that takes none';
			faults.push(source.problem('error', place, message));
		}
	}
	for (const [path, test] of Object.entries(match.arguments ?? {})) {
		const where = [...place, 'arguments', path];
		const given = Object.keys(test);
		if (given.length !== 1) {
			faults.push(source.problem('error', where, 'expected exactly one of equals, in, matches and any'));
		}
		if (test.matches !== undefined) faults.push(...patternProblems(test.matches, [...where, 'matches'], source));
	}
	return faults;
}

function patternProblems(pattern: string, at: readonly (string | number)[], source: YamlSource): Problem[] {
	try {
		new RegExp(pattern, 'u');
		return [];
	} catch (error) {
		return [source.problem('error', at, `this is no regular expression: ${messageOf(error)}`)];
	}
}
