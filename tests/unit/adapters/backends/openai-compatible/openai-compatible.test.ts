import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOpenAICompatibleBackend } from '../../../../../src/adapters/backends/openai-compatible.ts';
import type { ToolSpec } from '../../../../../src/core/backend.ts';
import { ending, injected, type MakeBackend, startBench } from '../../../../contracts/backend-bench.ts';
import { backendContract } from '../../../../contracts/backend-contract.ts';
import { independentProviderContract } from '../../../../contracts/independent-provider-contract.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';

const make: MakeBackend = (origin, { settings, services }) =>
	createOpenAICompatibleBackend({ ...settings, provider: 'groq', baseUrl: `${origin}/v1` }, services);
const azure: MakeBackend = (origin, { settings, services }) =>
	createOpenAICompatibleBackend({ ...settings, provider: 'azure_openai', baseUrl: origin, model: 'my-gpt' }, services);

backendContract('openai-compatible', make);
independentProviderContract('openai-compatible', make);
backendContract('openai-compatible on Azure', azure);

const vote: ToolSpec = {
	name: 'vote',
	description: 'Votes',
	parameters: {
		type: 'object',
		properties: { agent: { type: 'string' } },
		required: ['agent'],
		additionalProperties: false,
	},
};
const everything = {
	streamUsage: true,
	requiredToolChoice: true,
	strictTools: true,
	maxTokensField: 'max_tokens',
} as const;

afterEach(() => vi.unstubAllEnvs());

describe('what goes over the wire to a compatible server', () => {
	it('describes tools as type function (massgen.md, case 7)', async () => {
		const { ask, provider } = await startBench(make, { text: 'Hello' });
		await ask({ tools: [vote] });
		expect(provider.calls[0]?.body).toMatchObject({
			tools: [{ type: 'function', function: { name: 'vote', strict: true, parameters: vote.parameters } }],
			tool_choice: 'auto',
		});
	});

	it('asks for nothing that the endpoint cannot do', async () => {
		const endpoint = { ...everything, streamUsage: false, requiredToolChoice: false, strictTools: false };
		const { ask, provider } = await startBench(make, { text: 'Hello', usage: { input: 1, output: 1 } }, { endpoint });
		const events = await ask({ tools: [vote], toolChoice: 'required' });
		expect(provider.calls[0]?.body).toMatchObject({ tool_choice: 'auto' });
		expect(provider.calls[0]?.body).not.toHaveProperty('stream_options');
		expect(provider.calls[0]?.tools).toMatchObject([{ strict: false }]);
		expect(ending(events, 'finished').usage.inputTokens).toBeNull();
	});

	it.each(['max_tokens', 'max_completion_tokens'] as const)('limits the output by %s', async (maxTokensField) => {
		const endpoint = { ...everything, maxTokensField };
		const { ask, provider } = await startBench(make, { text: 'Hello' }, { endpoint, maxOutputTokens: 77 });
		await ask();
		expect(provider.calls[0]?.body).toMatchObject({ [maxTokensField]: 77 });
	});

	it('sends every setting that is set, and none that is not', async () => {
		const { ask, provider } = await startBench(
			make,
			{ text: 'Hello' },
			{
				temperature: 0,
				topP: 0.9,
				reasoning: { effort: 'low', summary: null },
				extra: { seed: 7 },
				headers: { 'HTTP-Referer': 'https://example.org' },
			},
		);
		await ask();
		expect(provider.calls[0]?.body).toMatchObject({ temperature: 0, top_p: 0.9, reasoning_effort: 'low', seed: 7 });
		expect(provider.calls[0]?.headers).toMatchObject({ 'http-referer': 'https://example.org' });

		const bare = await startBench(make, { text: 'Hello' });
		await bare.ask();
		const sent = Object.keys(bare.provider.calls[0]?.body ?? {}).sort();
		expect(sent).toEqual(['messages', 'model', 'stream', 'stream_options']);
	});

	it('sends no key where none is set, not even one that lies about in the environment', async () => {
		vi.stubEnv('OPENAI_API_KEY', 'sk-of-somebody-else');
		vi.stubEnv('OPENAI_ADMIN_KEY', 'sk-admin-of-somebody-else');
		const { ask, provider } = await startBench(make, { text: 'Hello' }, { apiKey: null });
		const failed = ending(await ask(), 'failed');
		expect(failed.message).toBe('Groq asks for an API key and none is set. Set GROQ_API_KEY and try again.');
		expect(provider.refusals).toEqual(["You didn't provide an API key."]);
	});

	it('tells no other provider which organization one belongs to at OpenAI', async () => {
		vi.stubEnv('OPENAI_ORG_ID', 'org-secret');
		vi.stubEnv('OPENAI_PROJECT_ID', 'proj-secret');
		const { ask, provider } = await startBench(make, { text: 'Hello' });
		await ask();
		expect(JSON.stringify(provider.calls[0]?.headers)).not.toContain('secret');
	});

	it('refuses to start without an address, so that no key goes to the wrong provider', async () => {
		const { settings, services } = injected(createManualClock(), { provider: 'groq' });
		await expect(createOpenAICompatibleBackend(settings, services)).rejects.toMatchObject({
			code: 'config_missing',
			userMessage: expect.stringContaining('base_url'),
		});
	});
});

describe('Azure', () => {
	it('is called by deployment, with its own key header and the version from the settings', async () => {
		const { ask, provider } = await startBench(
			azure,
			{ text: 'Hello' },
			{ extra: { api_version: '2025-04-01-preview' } },
		);
		ending(await ask(), 'finished');
		expect(provider.calls[0]).toMatchObject({
			path: '/openai/deployments/my-gpt/chat/completions',
			query: { 'api-version': '2025-04-01-preview' },
			headers: { 'api-key': '[key]' },
		});
		expect(provider.calls[0]?.body).not.toHaveProperty('api_version');
	});

	it('refuses to start without endpoint or key (massgen.md, case 75)', async () => {
		const { settings, services } = injected(createManualClock(), { provider: 'azure_openai' });
		const origin = 'https://x.openai.azure.com';
		await expect(createOpenAICompatibleBackend(settings, services)).rejects.toMatchObject({ code: 'config_missing' });
		await expect(
			createOpenAICompatibleBackend({ ...settings, baseUrl: origin, apiKey: null }, services),
		).rejects.toMatchObject({ code: 'config_missing', message: expect.stringContaining('AZURE_OPENAI_API_KEY') });
	});
});
