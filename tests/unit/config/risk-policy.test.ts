import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { policyJsonSchema } from '../../../src/config/policy-schema.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { checkFiles, mustLoad } from './check.ts';

const MAIN = 'default_team: auto\n';

const checkPolicy = (yaml: string, main = MAIN) => checkFiles({ 'team.yaml': main, 'risk-policy.yaml': yaml });
const policyOf = async (yaml: string) => mustLoad(await checkPolicy(yaml)).settings.policy;
const errorsOf = async (yaml: string) => (await checkPolicy(yaml)).errors.map(formatProblem).join('\n');
const rule = (more: string) => `rules:\n  - {rule: x, ${more}}\n`;

describe('the risk policy', () => {
	it('is the shipped one where there is no other', async () => {
		const { settings } = mustLoad(await checkFiles({ 'team.yaml': MAIN }));
		expect(settings.policy).toMatchObject({
			external: 'low',
			irreversible: 'medium',
			people: { low: 1, medium: 1, high: 1, critical: 2 },
			waitMs: { low: 1_800_000, critical: 600_000 },
			requesterUpTo: 'medium',
			alone: ['terminal', 'web'],
			judge: null,
		});
		expect(settings.policy.rules.map(({ id }) => id)).toEqual([
			'money',
			'refunds-and-transfers',
			'deletion',
			'removal',
		]);
	});

	it('is the one beside the main file, or the one it names', async () => {
		expect((await policyOf('open_cards: 3\n')).openCards).toBe(3);
		const named = await checkFiles({ 'team.yaml': `${MAIN}policy: strict.yaml\n`, 'strict.yaml': 'open_cards: 1\n' });
		expect(mustLoad(named).settings.policy.openCards).toBe(1);
		const gone = await checkFiles({ 'team.yaml': `${MAIN}policy: gone.yaml\n` });
		expect(gone.errors.map(formatProblem).join()).toContain('gone.yaml there is no such file');
	});

	it('has another version whenever it says something else, and the same when it says the same', async () => {
		const version = async (yaml: string) => (await policyOf(yaml)).version;
		const first = await version(rule('match: {source: a, arguments: {p: {equals: 1}, q: {any: true}}}, verdict: ask'));
		expect(first).toMatch(/^[\da-f]{64}$/);
		expect(
			await version(
				`# a comment\n${rule('match: {arguments: {q: {any: true}, p: {equals: 1}}, source: a}, risk: medium, verdict: ask')}`,
			),
		).toBe(first);
		for (const other of [
			'verdict: deny',
			'verdict: ask, risk: high',
			'verdict: ask, for_run: []',
			'verdict: ask, text: y',
		]) {
			expect(await version(rule(`match: {source: a, arguments: {p: {equals: 1}, q: {any: true}}}, ${other}`))).not.toBe(
				first,
			);
		}
		expect(
			await version(rule('match: {source: a, arguments: {p: {equals: "1"}, q: {any: true}}}, verdict: ask')),
		).not.toBe(first);
	});

	it.each<[string, string, string]>([
		['an unknown key', 'rulez: []\n', 'did you mean rules?'],
		['an unknown verdict', rule('match: {}, verdict: alow'), 'did you mean allow?'],
		['a missing verdict', rule('match: {}'), 'the key verdict is missing'],
		[
			'a name that is taken',
			`${rule('match: {}, verdict: ask')}  - {rule: x, match: {}, verdict: deny}\n`,
			'another rule is called x',
		],
		['a name of the program', 'rules:\n  - {rule: "code:x", match: {}, verdict: ask}\n', 'those of the program'],
		[
			'no regular expression',
			rule("match: {arguments: {to: {matches: '('}}}, verdict: ask"),
			'this is no regular expression',
		],
		[
			'two tests for one argument',
			rule('match: {arguments: {to: {equals: a, any: true}}}, verdict: ask'),
			'exactly one of',
		],
		['no test for an argument', rule('match: {arguments: {to: {}}}, verdict: ask'), 'exactly one of'],
		[
			'an allowance of many tools',
			rule("match: {source: mail, tool: 's*', arguments: {}}, verdict: allow"),
			'name its tool exactly',
		],
		[
			'an allowance of any server',
			rule('match: {tool: send, arguments: {}}, verdict: allow'),
			'name its source exactly',
		],
		[
			'an allowance of any arguments',
			rule('match: {source: mail, tool: send}, verdict: allow'),
			'must name all arguments',
		],
		[
			'an allowance with a risk',
			rule('match: {source: a, tool: b, arguments: {}}, verdict: allow, risk: low'),
			'risk has no effect',
		],
		['a share above one', 'remind_after: 2\n', 'at most 1'],
		['nobody who must approve', 'people: {high: 0}\n', 'at least 1'],
		[
			'approvers that are no role',
			rule('match: {}, verdict: ask, approvers: [[approver], [bosses]]'),
			'there is no role bosses',
		],
		['a judge that is no team', 'judge: {team: careful}\n', 'there is no team careful'],
	])('%s is a clear sentence', async (_, yaml, message) => {
		const errors = await errorsOf(yaml);
		expect(errors).toContain(message);
		expect(errors).toMatch(/^risk-policy\.yaml:\d+:\d+ /);
	});

	it('has a JSON Schema that is up to date: run `npm run schemas` when this fails', async () => {
		const text = await readFile('config/schemas/risk-policy.schema.json', 'utf8');
		expect(JSON.parse(text)).toEqual(policyJsonSchema());
	});
});
