import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../src/config/check-config.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { allSettings } from '../../../src/config/setting.ts';
import { agentOf, backendOf, check, checkFiles, folderOf, loaded, mustLoad, TWO, teamOf } from './check.ts';

describe('flag, environment, file, default', () => {
	it.each([
		[{ team: 'flag' }, { MASSGEN_TEAM: 'env' }, 'default_team: file', 'flag', '--team'],
		[{}, { MASSGEN_TEAM: 'env' }, 'default_team: file', 'env', 'MASSGEN_TEAM'],
		[{}, { MASSGEN_TEAM: '' }, 'default_team: file', 'file', 'default_team'],
		[{}, {}, '', 'auto', ''],
	])('the team: flags %j, environment %j, file %j', async (flags, env, line, team, from) => {
		const yaml = `teams: {file: {agent: {id: a, backend: {type: openai, model: m}}}}\n${line}\n`;
		const { settings } = await loaded(yaml, { flags, env });
		expect(settings).toMatchObject({ defaultTeam: team, defaultTeamFrom: from });
	});

	it('the team of a file that defines one is its own', async () => {
		expect((await loaded(TWO)).settings.defaultTeam).toBe('team');
	});

	it.each([
		[{ dataDir: 'flag' }, { DATA_DIR: '/env' }, 'flag'],
		[{}, { DATA_DIR: '/env' }, '/env'],
		[{}, {}, 'file'],
	])('the data folder: flags %j, environment %j', async (flags, env, expected) => {
		const cwd = await folderOf({ 'team.yaml': `${TWO}data_dir: file\n` });
		const { settings } = mustLoad(await checkConfig({ file: 'team.yaml', flags, env, cwd }));
		expect(settings.dataDir).toBe(resolve(cwd, expected));
	});

	it('the data folder by default is `data` in the working directory', async () => {
		const cwd = await folderOf({ 'team.yaml': TWO });
		const { settings } = mustLoad(await checkConfig({ file: 'team.yaml', flags: {}, env: {}, cwd }));
		expect(settings.dataDir).toBe(join(cwd, 'data'));
	});

	it.each([
		['team.yaml', { MASSGEN_CONFIG: 'other.yaml' }, 'team'],
		[null, { MASSGEN_CONFIG: 'other.yaml' }, 'other'],
		[null, {}, 'massgen'],
	])('the file: --config %s, environment %j', async (file, env, team) => {
		const files = { 'team.yaml': TWO, 'other.yaml': TWO, 'config/massgen.yaml': TWO };
		const config = mustLoad(await checkFiles(files, { file, env }));
		expect([...config.teams.keys()]).toEqual([team]);
	});

	it('the file, when the working directory has none, is the one that is shipped', async () => {
		const config = mustLoad(await checkFiles({}, { file: null }));
		expect([...config.teams.keys()]).toContain('trio');
	});

	it.each([
		[{ timeout: '5' }, { MASSGEN_RUN_TIMEOUT: '60' }, 5_000],
		[{}, { MASSGEN_RUN_TIMEOUT: '60' }, 60_000],
		[{}, { MASSGEN_RUN_TIMEOUT: '0' }, null],
		[{}, {}, 90_000],
	])('the deadline of a run: flags %j, environment %j', async (flags, env, expected) => {
		const config = await loaded(`${TWO}timeout_settings: {orchestrator_timeout_seconds: 90}\n`, { flags, env });
		expect(teamOf(config).team.rules.deadlines.runMs).toBe(expected);
		expect(config.settings.autoRules.deadlines.runMs).toBe(expected);
	});

	it.each([
		[{ MASSGEN_LOCALE: 'fr' }, 'fr'],
		[{}, 'de-CH'],
	])('the language: environment %j', async (env, expected) => {
		expect((await loaded(`${TWO}locale: de-CH\n`, { env })).settings.locale).toBe(expected);
	});

	it('a key: the agent goes before the environment, that before the providers of the file', async () => {
		const providers = 'providers: {openai: {api_key: from-providers}}\n';
		const own = `agent:\n  id: a\n  backend: {type: openai, model: m, api_key: own}\n${providers}`;
		const plain = `agent:\n  id: a\n  backend: {type: openai, model: m}\n${providers}`;
		const env = { OPENAI_API_KEY: 'from-env' };
		expect(agentOf(await loaded(own, { env })).apiKey).toBe('own');
		expect(agentOf(await loaded(plain, { env })).apiKey).toBe('from-env');
		expect(agentOf(await loaded(plain)).apiKey).toBe('from-providers');
	});

	it.each([
		['openai', 'OPENAI_BASE_URL'],
		['claude', 'ANTHROPIC_BASE_URL'],
		['gemini', 'GEMINI_BASE_URL'],
		['groq', 'GROQ_BASE_URL'],
	])('the address of %s: the agent, then %s, then the providers of the file', async (type, variable) => {
		const provider = type === 'claude' ? 'anthropic' : type;
		const providers = `providers: {${provider}: {base_url: "https://file.example/v1/"}}\n`;
		const plain = `agent:\n  id: a\n  backend: {type: ${type}, model: m}\n${providers}`;
		const own = `agent:\n  id: a\n  backend: {type: ${type}, model: m, base_url: "https://own.example"}\n${providers}`;
		const env = { [variable]: 'https://env.example/v1/' };
		expect(agentOf(await loaded(own, { env })).baseUrl).toBe('https://own.example');
		expect(agentOf(await loaded(plain, { env })).baseUrl).toBe('https://env.example/v1');
		expect(agentOf(await loaded(plain)).baseUrl).toBe('https://file.example/v1');
	});

	it.each([
		['box', 'http://box:11434/v1'],
		['0.0.0.0:9999', 'http://127.0.0.1:9999/v1'],
		['https://ollama.example', 'https://ollama.example/v1'],
	])('OLLAMA_HOST=%s is read as Ollama reads it', async (host, expected) => {
		expect((await backendOf('{type: ollama, model: m}', { env: { OLLAMA_HOST: host } })).baseUrl).toBe(expected);
	});

	it.each([
		['GROQ_BASE_URL', 'groq.example', 'expected an address that begins with http:// or https://'],
		['MASSGEN_RUN_TIMEOUT', 'soon', 'expected seconds, such as 600, or 0 for none; found "soon"'],
		['MASSGEN_RUN_TIMEOUT', '-1', 'found "-1"'],
		['MASSGEN_LOCALE', '??', 'expected a language such as en or de-CH'],
	])('a value of %s that makes no sense is an error that names it', async (variable, value, message) => {
		const { errors } = await check(TWO, { env: { [variable]: value } });
		expect(errors.map(formatProblem)).toEqual([expect.stringContaining(`environment ${variable}: `)]);
		expect(errors[0]?.message).toContain(message);
	});
});

describe('the table of settings', () => {
	it('names each variable once, and what it is for', () => {
		const names = allSettings().flatMap((setting) => setting.env);
		expect(new Set(names).size).toBe(names.length);
		for (const setting of allSettings()) expect(setting.help).toMatch(/\.$/);
	});

	it('has every variable that the configuration reads', async () => {
		const names = new Set(allSettings().flatMap((setting): readonly string[] => setting.env));
		const folder = resolve(import.meta.dirname, '../../../src/config');
		const text = await readFile(join(folder, 'auto-team.ts'), 'utf8');
		const read = [...text.matchAll(/\b([A-Z]+(?:_[A-Z]+)+)'/g)].map((match) => match[1] ?? '');
		for (const name of read.filter((word) => /_(MODEL|KEY|URL|HOST)$/.test(word))) expect(names).toContain(name);
		for (const name of ['OPENAI_API_KEY', 'GOOGLE_API_KEY', 'XAI_API_KEY', 'OLLAMA_HOST', 'DATA_DIR'])
			expect(names).toContain(name);
	});
});
