import { describe, expect, it } from 'vitest';
import { createGenaiPrices } from '../../../src/adapters/prices/genai-prices.ts';
import { composeAutoTeam } from '../../../src/config/auto-team.ts';
import { chooseTeam } from '../../../src/config/choose-team.ts';
import type { Environment } from '../../../src/config/prepare.ts';
import { checkFiles, mustLoad, TWO } from './check.ts';
import { nobody, serve } from './model-servers.ts';

/** `OLLAMA_HOST` points nowhere unless a test says otherwise: this machine may have an Ollama. */
async function compose(env: Environment, timeoutMs = 2_000) {
	const team = await composeAutoTeam({ env: { OLLAMA_HOST: await nobody(), ...env }, fetch, timeoutMs });
	return team === null
		? null
		: { ...team, models: [...team.agents].map(([id, { backend }]) => `${id}: ${backend.provider} ${backend.model}`) };
}

describe('the team of what can be reached', () => {
	it('is none without a key and a server', async () => {
		expect(await compose({ OPENAI_API_KEY: '' })).toBeNull();
	});

	it.each([
		['OPENAI_API_KEY', ['openai-1: openai gpt-5.4', 'openai-2: openai gpt-5.4-mini', 'openai-3: openai gpt-5.1']],
		[
			'ANTHROPIC_API_KEY',
			[
				'claude-1: anthropic claude-sonnet-5',
				'claude-2: anthropic claude-opus-5',
				'claude-3: anthropic claude-haiku-4-5',
			],
		],
		[
			'GEMINI_API_KEY',
			[
				'gemini-1: gemini gemini-3.5-flash',
				'gemini-2: gemini gemini-2.5-pro',
				'gemini-3: gemini gemini-3.5-flash-lite',
			],
		],
		[
			'GOOGLE_API_KEY',
			[
				'gemini-1: gemini gemini-3.5-flash',
				'gemini-2: gemini gemini-2.5-pro',
				'gemini-3: gemini gemini-3.5-flash-lite',
			],
		],
	])('with %s alone: three models of that provider, whose prices are known', async (variable, models) => {
		const team = await compose({ [variable]: 'k' });
		expect(team?.models).toEqual(models);
		const prices = await createGenaiPrices({});
		const usage = { inputTokens: 1000, cachedInputTokens: 0, outputTokens: 1000, reasoningTokens: 0 };
		for (const { backend } of team?.agents.values() ?? []) {
			expect(backend.apiKey).toBe('k');
			expect(prices.cost(backend.provider, backend.model, usage)).toBeGreaterThan(0);
		}
	});

	it('with several keys: one agent per provider', async () => {
		const team = await compose({ OPENAI_API_KEY: 'k', GEMINI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' });
		expect(team?.models).toEqual([
			'openai: openai gpt-5.4',
			'claude: anthropic claude-sonnet-5',
			'gemini: gemini gemini-3.5-flash',
		]);
		expect(team?.notes[0]).toContain('openai gpt-5.4, anthropic claude-sonnet-5, gemini gemini-3.5-flash');
	});

	it('with models named: those, repeated when they are fewer than the agents', async () => {
		expect((await compose({ OPENAI_API_KEY: 'k', OPENAI_MODEL: 'x' }))?.models).toEqual([
			'openai-1: openai x',
			'openai-2: openai x',
			'openai-3: openai x',
		]);
		expect((await compose({ GEMINI_API_KEY: 'k', GEMINI_MODEL: 'x, y' }))?.models).toEqual([
			'gemini-1: gemini x',
			'gemini-2: gemini y',
			'gemini-3: gemini x',
		]);
	});

	it('with a server at OPENAI_BASE_URL: the models it lists that can chat', async () => {
		const data = ['text-embedding-3', 'llama', 'whisper-1', 'qwen'].map((id) => ({ id }));
		const server = await serve({ '/v1/models': [200, { data }] });
		const team = await compose({ OPENAI_BASE_URL: `${server.url}/v1/`, OPENAI_API_KEY: 'k' });
		expect(team?.models).toEqual([
			'local-1: openai-compatible llama',
			'local-2: openai-compatible qwen',
			'local-3: openai-compatible llama',
		]);
		expect(server.requests[0]?.headers.authorization).toBe('Bearer k');
		expect(team?.agents.get('local-1')?.backend).toMatchObject({
			type: 'openai-compatible',
			baseUrl: `${server.url}/v1`,
			apiKey: 'k',
		});
	});

	it('with a server and OPENAI_MODEL: nothing is asked', async () => {
		const server = await serve({});
		const team = await compose({ OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_MODEL: 'mine' });
		expect(team?.models[0]).toBe('local-1: openai-compatible mine');
		expect(team?.agents.get('local-1')?.backend.apiKey).toBeNull();
		expect(server.requests).toEqual([]);
	});

	it('with OPENAI_BASE_URL at OpenAI itself: as without it', async () => {
		const team = await compose({ OPENAI_BASE_URL: 'https://api.openai.com/v1', OPENAI_API_KEY: 'k' });
		expect(team?.models[0]).toBe('openai-1: openai gpt-5.4');
	});

	it.each([
		['answers nonsense', [200, 'not JSON']],
		['lists nothing', [200, { data: [] }]],
		['refuses the key', [401, { error: {} }]],
	] as const)(
		'fails plainly when the server at OPENAI_BASE_URL is the only hope and %s',
		async (_what, [status, body]) => {
			const server = await serve({ '/v1/models': [status, body] });
			await expect(compose({ OPENAI_BASE_URL: `${server.url}/v1` })).rejects.toMatchObject({
				code: 'config_invalid',
				userMessage: expect.stringContaining(`lists no model (HTTP status ${status}); name one in OPENAI_MODEL.`),
			});
		},
	);

	it('fails plainly when the server at OPENAI_BASE_URL is the only hope and away', async () => {
		await expect(compose({ OPENAI_BASE_URL: await nobody() })).rejects.toMatchObject({
			userMessage: expect.stringMatching(
				/^The server at OPENAI_BASE_URL \(127\.0\.0\.1:\d+\) cannot be reached: .+ Correct OPENAI_BASE_URL, start the server/,
			),
		});
	});

	it('goes on without that server when there is another provider, and says so', async () => {
		const team = await compose({ OPENAI_BASE_URL: await nobody(), GEMINI_API_KEY: 'k' });
		expect(team?.models).toHaveLength(3);
		expect(team?.notes[1]).toMatch(/The server at OPENAI_BASE_URL .+ cannot be reached/);
	});

	it('with an Ollama: its models, without those that only embed', async () => {
		const models = ['nomic-embed-text', 'llama3.2:latest', 'qwen3:4b'].map((name) => ({ name }));
		const server = await serve({ '/api/tags': [200, { models }] });
		const team = await compose({ OLLAMA_HOST: server.url });
		expect(team?.models).toEqual([
			'ollama-1: ollama llama3.2:latest',
			'ollama-2: ollama qwen3:4b',
			'ollama-3: ollama llama3.2:latest',
		]);
		expect(team?.agents.get('ollama-1')?.backend).toMatchObject({ baseUrl: `${server.url}/v1`, apiKey: null });
	});

	it('with an Ollama that never answers: does not wait for it', async () => {
		const server = await serve({ '/api/tags': 'silent' });
		expect(await compose({ OLLAMA_HOST: server.url }, 50)).toBeNull();
	});

	it('with an Ollama without a model: says how to fetch one', async () => {
		const server = await serve({ '/api/tags': [200, { models: [] }] });
		const team = await compose({ OLLAMA_HOST: server.url, OPENAI_API_KEY: 'k' });
		expect(team?.notes[1]).toContain('ollama pull');
	});

	it('with a key in the providers of the file', async () => {
		const env = { OLLAMA_HOST: await nobody() };
		const team = await composeAutoTeam({ env, fetch, providers: { anthropic: { api_key: 'k' } } });
		expect(team?.agents.get('claude-1')?.backend.apiKey).toBe('k');
	});
});

describe('choosing a team', () => {
	const demo = 'agent:\n  id: a\n  backend: {type: scripted, script: {}}\n';
	const files = {
		'team.yaml': 'default_team: auto\norchestrator: {quorum: 1}\n',
		'teams/demo.yaml': demo,
		'teams/two.yaml': TWO,
	};
	const choose = async (name: string | null, env: Environment, given: Record<string, string> = files) => {
		const all = { OLLAMA_HOST: await nobody(), ...env };
		const config = mustLoad(await checkFiles(given, { env: all }));
		return chooseTeam({ config, name, env: all, fetch });
	};

	it('auto becomes a team of the main file’s rules', async () => {
		const { team, agents } = await choose(null, { OPENAI_API_KEY: 'k' });
		expect(team).toMatchObject({ name: 'auto', rules: { quorum: 1 } });
		expect(team.members.map((member) => member.id)).toEqual([...agents.keys()]);
	});

	it('auto becomes the demo team without a model, and says how to connect one', async () => {
		const { team, notes } = await choose(null, {});
		expect(team.name).toBe('demo');
		expect(notes.join()).toContain('set OPENAI_API_KEY');
	});

	it('fails without a model and without a demo team', async () => {
		await expect(choose(null, {}, { 'team.yaml': 'default_team: auto\n' })).rejects.toMatchObject({
			code: 'config_missing',
		});
	});

	it('an unknown name is answered with the known ones', async () => {
		await expect(choose('dmeo', {})).rejects.toMatchObject({
			code: 'team_unknown',
			userMessage: 'There is no team dmeo; did you mean demo? known teams: auto, demo, two.',
		});
		await expect(choose(null, { MASSGEN_TEAM: 'none' })).rejects.toMatchObject({
			userMessage: expect.stringContaining('(from MASSGEN_TEAM)'),
		});
	});

	it('a team without its keys names each agent and each variable', async () => {
		await expect(choose('two', { OPENAI_API_KEY: 'k' })).rejects.toMatchObject({
			code: 'config_missing',
			problems: [{ message: 'the agent b (claude) has no key; set the environment variable ANTHROPIC_API_KEY' }],
		});
		expect((await choose('two', { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' })).team.name).toBe('two');
	});
});
