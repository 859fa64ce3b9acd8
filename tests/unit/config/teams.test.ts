import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../src/config/check-config.ts';
import { configJsonSchema } from '../../../src/config/json-schema.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { agentOf, checkFiles, mustLoad, TWO, teamOf } from './check.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

describe('teams', () => {
	it('come from the main file and from the folder teams beside it', async () => {
		const checked = await checkFiles({
			'team.yaml':
				'default_team: local\nteams:\n  inline:\n    description: Here\n    agent: {id: a, backend: {type: openai, model: m}}\n',
			'teams/local.yaml': `description: There\n${TWO}`,
			'teams/notes.txt': 'not a team',
		});
		const config = mustLoad(checked);
		expect([...config.teams.values()].map(({ team }) => [team.name, team.description])).toEqual([
			['inline', 'Here'],
			['local', 'There'],
		]);
		expect(config.files).toEqual([
			...config.files.slice(0, 2),
			expect.stringMatching(/config\/access\.yaml$/),
			expect.stringMatching(/config\/risk-policy\.yaml$/),
		]);
		expect(config.settings.defaultTeam).toBe('local');
	});

	it('of a folder beside a file that defines its own team stay out', async () => {
		const config = mustLoad(await checkFiles({ 'team.yaml': TWO, 'teams/broken.yaml': 'agents: 5' }));
		expect([...config.teams.keys()]).toEqual(['team']);
	});

	it('with mistakes are reported with their own file name, all of them', async () => {
		const { errors } = await checkFiles({
			'team.yaml': 'default_team: auto\nlocale: 3\n',
			'teams/one.yaml': 'agents: []\n',
			'teams/two.yaml': 'description: nobody\n',
		});
		expect(errors.map(formatProblem)).toEqual([
			'team.yaml:2:9 locale: expected text, found 3; put it in quotes',
			expect.stringContaining('one.yaml:1:9 agents: expected at least 1'),
			expect.stringContaining('two.yaml:1:1 no agents: add `agents:`'),
		]);
	});

	it('that share a name are refused, and `auto` is taken', async () => {
		const team = '{agent: {id: a, backend: {type: openai, model: m}}}';
		const { errors } = await checkFiles({
			'team.yaml': `teams:\n  x: ${team}\n  auto: ${team}\n`,
			'teams/x.yaml': TWO,
		});
		expect(errors.map((error) => error.message)).toEqual([
			'the team name auto is already taken by the program',
			'the team name x is already taken by team.yaml',
		]);
	});

	it('a script is read from a file beside the one that names it', async () => {
		const yaml = 'agent:\n  id: a\n  backend: {type: scripted, script: scripts/a.yaml}\n';
		const config = mustLoad(await checkFiles({ 'team.yaml': yaml, 'scripts/a.yaml': `answer: "\${x}"\n` }));
		expect(agentOf(config)).toMatchObject({ provider: 'scripted', model: 'scripted', script: { answer: `\${x}` } });
		expect(teamOf(config).team.members).toEqual([{ id: 'a', model: 'scripted' }]);
	});

	it('a script with a mistake in it is reported with its place', async () => {
		const yaml = 'agent:\n  id: a\n  backend: {type: scripted, script: a.yaml}\n';
		const { errors } = await checkFiles({ 'team.yaml': yaml, 'a.yaml': 'x: 1\nx: 2\n' });
		expect(errors.map(formatProblem)[1]).toContain('a.yaml:2:1 this key is there twice');
	});

	it('prices are those of the file', async () => {
		const prices = 'prices: {m: {input_per_million: 1, output_per_million: 2.5}}\n';
		const config = mustLoad(await checkFiles({ 'team.yaml': `${TWO}${prices}` }));
		expect([...config.settings.prices]).toEqual([
			['m', { inputPerMillion: 1, outputPerMillion: 2.5, cachedInputPerMillion: null }],
		]);
	});
});

describe('what is shipped', () => {
	it('loads without an error or a warning, and without a key', async () => {
		const checked = await checkConfig({ file: join(ROOT, 'config/massgen.yaml'), flags: {}, env: {}, cwd: ROOT });
		const config = mustLoad(checked);
		expect(checked.warnings).toEqual([]);
		expect(config.settings.defaultTeam).toBe('auto');
		expect([...config.teams.keys()]).toEqual(
			expect.arrayContaining(['claude', 'demo', 'local', 'openai', 'review', 'trio']),
		);
		expect(teamOf(config, 'demo').problems).toEqual([]);
		for (const { team } of config.teams.values())
			expect(team.description.length + team.members.length).toBeGreaterThan(2);
	});

	it('has a JSON Schema that is up to date: run `npm run schemas` when this fails', async () => {
		const text = await readFile(join(ROOT, 'config/schemas/massgen.schema.json'), 'utf8');
		expect(text).toBe(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
	});

	it('describes every key in the JSON Schema', () => {
		const missing: string[] = [];
		const visit = (node: unknown, path: string) => {
			if (typeof node !== 'object' || node === null) return;
			for (const [key, value] of Object.entries(node)) {
				if (key === 'properties') {
					for (const [name, schema] of Object.entries(value as Record<string, { description?: string }>)) {
						if (schema.description === undefined) missing.push(`${path}.${name}`);
					}
				}
				visit(value, `${path}.${key}`);
			}
		};
		visit(configJsonSchema(), '');
		expect(missing).toEqual([]);
	});

	it.each([
		'massgen.yaml',
		'teams/trio.yaml',
		'teams/openai.yaml',
		'teams/claude.yaml',
		'teams/local.yaml',
		'teams/review.yaml',
	])('%s tells editors where the schema is', async (name) => {
		const text = await readFile(join(ROOT, 'config', name), 'utf8');
		const schema = /^# yaml-language-server: \$schema=(\S+)/.exec(text)?.[1] ?? 'none';
		expect(resolve(ROOT, 'config', name, '..', schema)).toBe(join(ROOT, 'config/schemas/massgen.schema.json'));
	});
});
