import { describe, expect, it } from 'vitest';
import { backendTypeNames } from '../../../src/config/backend-types.ts';
import { providerPresets } from '../../../src/config/provider-presets.ts';
import { agentOf, backendOf, check, loaded, teamOf, warningsOf } from './check.ts';

const onUse = async (lines: string, env = {}) => {
	const config = await loaded(`agent:\n  id: a\n  backend: ${lines}\n`, { env });
	return teamOf(config).problems.map((problem) => problem.message);
};

describe('backend types', () => {
	it.each([
		['openai', 'openai', 'openai', null],
		['claude', 'anthropic', 'anthropic', null],
		['anthropic', 'anthropic', 'anthropic', null],
		['gemini', 'gemini', 'gemini', null],
		['grok', 'openai-compatible', 'xai', 'https://api.x.ai/v1'],
		['groq', 'openai-compatible', 'groq', 'https://api.groq.com/openai/v1'],
		['cerebras', 'openai-compatible', 'cerebras', 'https://api.cerebras.ai/v1'],
		['together', 'openai-compatible', 'together', 'https://api.together.xyz/v1'],
		['fireworks', 'openai-compatible', 'fireworks', 'https://api.fireworks.ai/inference/v1'],
		['openrouter', 'openai-compatible', 'openrouter', 'https://openrouter.ai/api/v1'],
		['deepseek', 'openai-compatible', 'deepseek', 'https://api.deepseek.com'],
		['mistral', 'openai-compatible', 'mistral', 'https://api.mistral.ai/v1'],
		['huggingface', 'openai-compatible', 'huggingface', 'https://router.huggingface.co/v1'],
		['ollama', 'openai-compatible', 'ollama', 'http://127.0.0.1:11434/v1'],
		['lmstudio', 'openai-compatible', 'lmstudio', 'http://127.0.0.1:1234/v1'],
		['llamacpp', 'openai-compatible', 'llamacpp', 'http://127.0.0.1:8080/v1'],
		['vllm', 'openai-compatible', 'vllm', 'http://127.0.0.1:8000/v1'],
		['sglang', 'openai-compatible', 'sglang', 'http://127.0.0.1:30000/v1'],
		['chatcompletion', 'openai-compatible', 'openai', 'https://api.openai.com/v1'],
	])('%s is reached through %s as %s at %s', async (type, adapter, provider, baseUrl) => {
		expect(await backendOf(`{type: ${type}, model: m}`)).toMatchObject({ type: adapter, provider, baseUrl });
	});

	it.each(backendTypeNames)('%s loads with a model alone', async (type) => {
		const script = type === 'scripted' ? ', script: {}' : '';
		const { errors } = await check(`agent:\n  id: a\n  backend: {type: ${type}, model: m${script}}\n`);
		expect(errors).toEqual([]);
	});

	it.each(Object.entries(providerPresets))('the key of %s comes from its usual variable', async (provider, preset) => {
		const type = { anthropic: 'claude', xai: 'grok' }[provider] ?? provider;
		for (const variable of preset.keyVariables) {
			expect((await backendOf(`{type: ${type}, model: m}`, { env: { [variable]: 'k' } })).apiKey).toBe('k');
		}
	});

	it('defaults: four tries, two minutes of silence, no limits', async () => {
		expect(await backendOf('{type: openai, model: m}')).toEqual({
			type: 'openai',
			provider: 'openai',
			model: 'm',
			apiKey: null,
			baseUrl: null,
			headers: {},
			temperature: null,
			topP: null,
			maxOutputTokens: null,
			reasoning: { effort: null, summary: null },
			verbosity: null,
			webSearch: false,
			codeExecution: false,
			endpoint: expect.objectContaining({ maxTokensField: 'max_completion_tokens' }),
			rateLimit: { requestsPerMinute: null, tokensPerMinute: null },
			tries: 4,
			idleTimeoutMs: 120_000,
			extra: {},
			script: null,
		});
	});

	it('each key goes where the backend expects it', async () => {
		const lines =
			'{type: openai, model: m, temperature: 0.5, top_p: 0.9, max_tokens: 100, reasoning_effort: low, seed: 7, stop: [x], ' +
			'extra_body: {custom: {deep: 1}}, extra_headers: {a: "1"}, tries: 2, idle_timeout_seconds: 1.5, ' +
			'endpoint: {stream_usage: false, max_tokens_field: max_tokens}}';
		expect(await backendOf(lines)).toMatchObject({
			temperature: 0.5,
			topP: 0.9,
			maxOutputTokens: 100,
			reasoning: { effort: 'low' },
			extra: { seed: 7, stop: ['x'], custom: { deep: 1 } },
			headers: { a: '1' },
			tries: 2,
			idleTimeoutMs: 1500,
			endpoint: { streamUsage: false, requiredToolChoice: true, maxTokensField: 'max_tokens' },
		});
	});

	it('rate limits come from the provider of the agent', async () => {
		const yaml =
			'agent:\n  id: a\n  backend: {type: groq, model: m}\n' +
			'providers:\n  groq: {rate_limit: {requests_per_minute: 30, tokens_per_minute: 6000}}\n';
		expect(agentOf(await loaded(yaml)).rateLimit).toEqual({ requestsPerMinute: 30, tokensPerMinute: 6000 });
	});

	it('Azure: its v1 address is made of the resource, and the key goes along as its own header', async () => {
		const env = { AZURE_OPENAI_ENDPOINT: 'https://mine.openai.azure.com/', AZURE_OPENAI_API_KEY: 'k' };
		expect(await backendOf('{type: azure_openai, model: gpt-4.1}', { env })).toMatchObject({
			baseUrl: 'https://mine.openai.azure.com/openai/v1',
			apiKey: 'k',
			headers: { 'api-key': 'k' },
		});
	});
});

describe('keys', () => {
	it('that are missing are a problem of the team only when it is used', async () => {
		expect(await onUse('{type: gemini, model: m}')).toEqual([
			'the agent a (gemini) has no key; set the environment variable GEMINI_API_KEY',
		]);
		expect(await onUse('{type: gemini, model: m}', { GOOGLE_API_KEY: 'k' })).toEqual([]);
	});

	it.each(['{type: ollama, model: m}', '{type: vllm, model: m}', '{type: scripted, script: {}}'])(
		'are not needed by %s',
		async (lines) => {
			expect(await onUse(lines)).toEqual([]);
		},
	);

	it('are not needed by a server of one own under a provider’s name', async () => {
		expect(await onUse('{type: openai, model: m, base_url: "http://localhost:9"}')).toEqual([]);
	});

	it('of OpenAI go to the server at OPENAI_BASE_URL, and to no other server that only a file names', async () => {
		const env = { OPENAI_API_KEY: 'k' };
		const named = await backendOf('{type: chatcompletion, model: m}', {
			env: { ...env, OPENAI_BASE_URL: 'http://localhost:9/v1' },
		});
		expect(named).toMatchObject({ provider: 'openai-compatible', apiKey: 'k', baseUrl: 'http://localhost:9/v1' });
		const foreign = '{type: chatcompletion, model: m, base_url: "https://foreign.example/v1"}';
		expect(await backendOf(foreign, { env })).toMatchObject({ apiKey: null });
		expect(await warningsOf(`agent:\n  id: a\n  backend: ${foreign}\n`)).toEqual([
			expect.stringContaining('no key is sent to foreign.example'),
		]);
	});

	it('of a known provider at OPENAI_BASE_URL may be under its own name or OpenAI’s', async () => {
		const at = { OPENAI_BASE_URL: 'https://api.groq.com/openai/v1', OPENAI_API_KEY: 'o' };
		const lines = '{type: chatcompletion, model: m}';
		expect(await backendOf(lines, { env: at })).toMatchObject({ provider: 'groq', apiKey: 'o' });
		expect(await backendOf(lines, { env: { ...at, GROQ_API_KEY: 'g' } })).toMatchObject({
			provider: 'groq',
			apiKey: 'g',
		});
	});

	it('of a provider that the file names itself', async () => {
		const yaml =
			'agent:\n  id: a\n  backend: {type: openai_compatible, provider: acme, model: m}\n' +
			'providers:\n  acme: {base_url: "https://acme.example/v1"}\n';
		const config = await loaded(yaml, { env: { ACME_API_KEY: 'k' } });
		expect(agentOf(config)).toMatchObject({ provider: 'acme', apiKey: 'k', baseUrl: 'https://acme.example/v1' });
		expect(config.warnings).toEqual([]);
	});

	it('of a named provider without an address are sent nowhere: the team cannot be used', async () => {
		expect(await onUse('{type: openai_compatible, provider: acme, model: m}', { ACME_API_KEY: 'k' })).toEqual([
			'the agent a has no address for its provider acme; write base_url, or providers.acme.base_url',
		]);
	});
});
