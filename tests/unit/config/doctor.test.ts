import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DoctorOptions, diagnose } from '../../../src/config/doctor.ts';
import type { PriceTable } from '../../../src/core/usage.ts';
import { folderOf, TWO } from './check.ts';
import { nobody, serve } from './model-servers.ts';

const known: PriceTable = { cost: () => 1 };
const unknown: PriceTable = { cost: () => null };
const DEMO = 'agent:\n  id: a\n  backend: {type: scripted, script: {}}\n';

async function findings(files: Record<string, string>, given: Partial<DoctorOptions> = {}) {
	const cwd = await folderOf(files);
	return diagnose({
		file: 'team.yaml',
		flags: {},
		env: {},
		cwd,
		offline: false,
		fetch,
		nodeVersion: '24.21.0',
		prices: async () => known,
		dataDirProblem: async () => null,
		redis: async () => [],
		toolServers: async () => [],
		chats: async () => [],
		externals: async () => [],
		sandboxProblem: async () => null,
		...given,
	});
}

const bad = async (...args: Parameters<typeof findings>) =>
	(await findings(...args)).filter((finding) => finding.level !== 'ok');

describe('the doctor', () => {
	it('finds nothing wrong with a scripted team', async () => {
		expect(await bad({ 'team.yaml': DEMO })).toEqual([]);
	});

	it('wants Node 24', async () => {
		const [first] = await bad({ 'team.yaml': DEMO }, { nodeVersion: '20.19.0' });
		expect(first).toMatchObject({ level: 'error', what: 'Node 20.19.0 is too old: 24 or newer is needed.' });
		expect(first?.repair).toContain('Install Node 24');
	});

	it('reports each problem of a file, and what to repair', async () => {
		expect(
			await bad({ 'team.yaml': `${TWO}orchestrator: {voting_sensitivity: x}\nui: {display_type: simple}\n` }),
		).toEqual([
			{
				level: 'error',
				what: 'team.yaml:6:36 orchestrator.voting_sensitivity: expected lenient, balanced or strict, found "x"',
				repair: 'Correct line 6 of team.yaml, as said above.',
			},
			{
				level: 'warning',
				what: 'team.yaml:7:1 ui: ignored (display_type): every place to chat has its own display',
				repair: 'Nothing stops working; to silence this, change line 7 of team.yaml.',
			},
		]);
	});

	it('offline, a file without its keys loads: the keys are warnings', async () => {
		const found = await bad({ 'team.yaml': TWO }, { offline: true });
		expect(found).toEqual([
			{
				level: 'warning',
				what: 'Team team: the agent a (openai) has no key.',
				repair: 'Set the environment variable OPENAI_API_KEY.',
			},
			{
				level: 'warning',
				what: 'Team team: the agent b (claude) has no key.',
				repair: 'Set the environment variable ANTHROPIC_API_KEY.',
			},
		]);
	});

	it('online, the keys of the team that answers are errors, those of others warnings', async () => {
		const files = { 'team.yaml': 'default_team: two\n', 'teams/two.yaml': TWO, 'teams/other.yaml': TWO };
		const levels = (await bad(files)).map((finding) => `${finding.level} ${finding.what.split(':')[0]}`);
		expect(levels).toEqual(['warning Team other', 'warning Team other', 'error Team two', 'error Team two']);
	});

	it('one variable for several agents is told once', async () => {
		const agents = ['a', 'b', 'c'].map((id) => `  - id: ${id}\n    backend: {type: openai, model: m}\n`);
		expect(await bad({ 'team.yaml': `agents:\n${agents.join('')}` })).toEqual([
			{
				level: 'error',
				what: 'Team team: the agent a (openai) has no key, nor have 2 more.',
				repair: 'Set the environment variable OPENAI_API_KEY.',
			},
		]);
	});

	it('offline with a file looks at that file alone', async () => {
		const dataDirProblem = () => Promise.reject(new Error('looked at the data folder'));
		expect(
			await bad({ 'team.yaml': DEMO }, { offline: true, flags: { dataDir: '/proc/nothing' }, dataDirProblem }),
		).toEqual([]);
	});

	it('says which team answers and why', async () => {
		const files = { 'team.yaml': 'default_team: demo\n', 'teams/demo.yaml': DEMO, 'teams/b.yaml': DEMO };
		const said = async (given: Partial<DoctorOptions>) =>
			(await findings(files, given)).map((finding) => finding.what).join('\n');
		expect(await said({})).toContain('The team that answers is demo (named by default_team): a (scripted).');
		expect(await said({ env: { MASSGEN_TEAM: 'b' } })).toContain('The team that answers is b (named by MASSGEN_TEAM)');
		expect(await said({ flags: { team: 'b' } })).toContain('The team that answers is b (named by --team)');
	});

	it('an unknown team is an error', async () => {
		const [only] = await bad({ 'team.yaml': DEMO }, { flags: { team: 'x' } });
		expect(only).toMatchObject({ level: 'error', what: expect.stringContaining('There is no team x') });
	});

	it('without any model the demo team stands in, with a warning', async () => {
		const files = { 'team.yaml': 'default_team: auto\n', 'teams/demo.yaml': DEMO };
		const [only, ...more] = await bad(files, { env: { OLLAMA_HOST: await nobody() } });
		expect(more).toEqual([]);
		expect(only).toMatchObject({ level: 'warning', what: expect.stringContaining('No model is connected') });
		expect(only?.repair).toContain('Set a key');
		const said = (await findings(files, { env: { OLLAMA_HOST: await nobody() } })).map((finding) => finding.what);
		expect(said.join()).toContain('The team that answers is demo, in the place of auto (named by default_team)');
	});
});

describe('the doctor and the data folder', () => {
	it('one that cannot be created', async () => {
		const folder = await folderOf({ file: '' });
		const dataDir = join(folder, 'file', 'sub', 'data');
		const [only] = await bad({ 'team.yaml': DEMO }, { flags: { dataDir } });
		expect(only).toMatchObject({ level: 'error', what: `The data folder ${dataDir} cannot be created.` });
		expect(only?.repair).toContain('DATA_DIR');
	});

	it('one that is not there yet is made later, one that is there is well', async () => {
		const folder = await folderOf({});
		const said = async (dataDir: string) =>
			(await findings({ 'team.yaml': DEMO }, { flags: { dataDir } })).map((finding) => finding.what);
		expect(await said(join(folder, 'new', 'data'))).toContain(`The data folder ${folder}/new/data will be created.`);
		expect(await said(folder)).toContain(`The data folder ${folder} can be written.`);
	});

	it('one that is a file', async () => {
		const folder = await folderOf({ data: '' });
		const [only] = await bad({ 'team.yaml': DEMO }, { flags: { dataDir: join(folder, 'data') } });
		expect(only).toMatchObject({ level: 'error', repair: 'Set DATA_DIR to a folder.' });
	});

	it('one that another process holds', async () => {
		const dataDir = await folderOf({});
		const what = 'The data folder is in use by process 7.';
		const [only] = await bad({ 'team.yaml': DEMO }, { flags: { dataDir }, dataDirProblem: async () => what });
		expect(only).toMatchObject({ level: 'warning', what, repair: expect.stringContaining('Stop the other process') });
	});
});

describe('the doctor and MCP servers', () => {
	const files = { 'team.yaml': `${DEMO}mcp_servers: {sea: {command: x}, sky: {url: "https://sky.example"}}\n` };

	it('says what each of them offers, or why it cannot be used, and which tools wait', async () => {
		const found = await findings(files, {
			toolServers: async () => [
				{ name: 'sea', found: { offers: '3 tools' }, waiting: ['tide', 'wa\u202eve'] },
				{ name: 'sky', found: { problem: 'it is closed' }, waiting: [] },
			],
		});
		expect(found.filter(({ what }) => what.includes('MCP'))).toMatchObject([
			{ level: 'ok', what: 'MCP server sea: 3 tools.' },
			{
				level: 'warning',
				what: 'Tools of the MCP server sea are new or have changed, and are not used: tide, wa<U+202E>ve.',
				repair: expect.stringContaining('npm run tools -- pin sea'),
			},
			{ level: 'warning', what: 'The MCP server sky cannot be used: it is closed.', repair: expect.any(String) },
		]);
	});

	it('leaves them alone when it is offline', async () => {
		const toolServers = () => Promise.reject(new Error('started a server'));
		expect(await bad(files, { offline: true, toolServers })).toEqual([]);
	});
});

describe('the doctor and providers', () => {
	const team = (type: string, baseUrl: string) =>
		`agent:\n  id: a\n  backend: {type: ${type}, model: m, api_key: "sk-test-secret-key", base_url: "${baseUrl}"}\n`;

	it.each([
		['openai', '', '/models', 'authorization', 'Bearer sk-test-secret-key'],
		['claude', '', '/v1/models', 'x-api-key', 'sk-test-secret-key'],
		['gemini', '', '/v1beta/models', 'x-goog-api-key', 'sk-test-secret-key'],
		['groq', '/openai/v1', '/openai/v1/models', 'authorization', 'Bearer sk-test-secret-key'],
	])('asks %s for its models, with the key where it belongs', async (type, base, path, header, value) => {
		const server = await serve({ [path]: [200, { data: [] }] });
		expect(await bad({ 'team.yaml': team(type, `${server.url}${base}`) })).toEqual([]);
		expect(server.requests).toHaveLength(1);
		expect(server.requests[0]?.headers[header]).toBe(value);
	});

	it.each([
		['openai', '/models', 401],
		['claude', '/v1/models', 403],
		['gemini', '/v1beta/models', 400],
	])('a key that %s refuses', async (type, path, status) => {
		const server = await serve({ [path]: [status, {}] });
		const found = await bad({ 'team.yaml': team(type, server.url) });
		expect(found).toEqual([
			{ level: 'error', what: expect.stringContaining('refuses the key'), repair: expect.stringContaining('_API_KEY') },
		]);
		expect(JSON.stringify(found)).not.toContain('secret');
	});

	it('one that cannot be reached', async () => {
		const [only] = await bad({ 'team.yaml': team('openai', await nobody()) });
		expect(only).toMatchObject({
			level: 'error',
			what: expect.stringContaining('openai cannot be reached at 127.0.0.1:'),
		});
		expect(only?.repair).toContain('OPENAI_BASE_URL');
	});

	it('one in trouble is a warning, one without a list of models is well', async () => {
		const server = await serve({ '/a/models': [503, {}] });
		expect(await bad({ 'team.yaml': team('openai', `${server.url}/a`) })).toEqual([
			{ level: 'warning', what: expect.stringContaining('HTTP status 503'), repair: expect.stringContaining('Wait') },
		]);
		expect(await bad({ 'team.yaml': team('openai', `${server.url}/b`) })).toEqual([]);
	});

	it('offline none is asked', async () => {
		const server = await serve({});
		expect(await bad({ 'team.yaml': team('openai', server.url) }, { offline: true })).toEqual([]);
		expect(server.requests).toEqual([]);
	});

	it('asks once for agents that share address and key', async () => {
		const server = await serve({ '/v1/models': [200, {}] });
		const agents = ['a', 'b', 'c'].map(
			(id) => `  - id: ${id}\n    backend: {type: vllm, model: m, base_url: "${server.url}/v1"}\n`,
		);
		await findings({ 'team.yaml': `agents:\n${agents.join('')}` });
		expect(server.requests).toHaveLength(1);
	});

	it('models of unknown price are named, and weigh more when a budget relies on them', async () => {
		const prices = async () => unknown;
		const scripted = { 'team.yaml': DEMO };
		const [plain] = await bad(scripted, { prices });
		expect(plain).toMatchObject({ level: 'warning', what: expect.stringContaining('its cost is shown as unknown') });
		const [limited] = await bad({ 'team.yaml': `${DEMO}orchestrator: {budget: {max_cost_usd: 1}}\n` }, { prices });
		expect(limited?.what).toContain('cannot count towards the budget in dollars');
		expect(limited?.repair).toContain('prices:');
	});
});
