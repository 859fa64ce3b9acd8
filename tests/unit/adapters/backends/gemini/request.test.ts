import { afterEach, describe, expect, it, vi } from 'vitest';
import { createGeminiBackend } from '../../../../../src/adapters/backends/gemini.ts';
import type { ToolSpec } from '../../../../../src/core/backend.ts';
import type { Message } from '../../../../../src/core/message.ts';
import { ending, injected, request } from '../../../../contracts/backend-bench.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';
import { startGemini } from './gemini-bench.ts';

const parameters = {
	type: 'object',
	properties: { agent: { type: 'string' } },
	required: ['agent'],
	additionalProperties: false,
};
const vote: ToolSpec = { name: 'vote', description: 'Votes', parameters };
const fine = { text: 'Fine' };

describe('a request to Gemini', () => {
	it('describes functions by JSON Schema and forces one where one is required', async () => {
		const { ask, provider } = await startGemini(fine, { temperature: 0.2, topP: 0.9, maxOutputTokens: 500 });
		await ask({ tools: [vote], toolChoice: 'required' });
		expect(provider.calls[0]?.body).toEqual({
			contents: [{ role: 'user', parts: [{ text: 'What is the capital of Sweden?' }] }],
			systemInstruction: { role: 'user', parts: [{ text: request.system }] },
			tools: [{ functionDeclarations: [{ name: 'vote', description: 'Votes', parametersJsonSchema: parameters }] }],
			toolConfig: { functionCallingConfig: { mode: 'ANY' } },
			generationConfig: { temperature: 0.2, topP: 0.9, maxOutputTokens: 500 },
		});
	});

	it('puts the results of one reply`s calls together, with the ids that Gemini gave and without ours', async () => {
		const { ask, provider } = await startGemini(fine);
		const calls = ['fc_1', 'gemini-1-1'].map((id) => ({ id, name: 'vote', arguments: '{"agent":"agent1"}' }));
		const messages: Message[] = [
			...request.messages,
			{ role: 'assistant', text: 'I vote.', toolCalls: calls },
			{ role: 'tool', callId: 'fc_1', name: 'vote', text: 'counted', isError: false },
			{ role: 'tool', callId: 'gemini-1-1', name: 'vote', text: 'twice', isError: true },
			{ role: 'user', text: 'Go on.' },
		];
		await ask({ system: '', tools: [vote], messages });
		expect(provider.refusals).toEqual([]);
		expect(provider.calls[0]?.body).not.toHaveProperty('systemInstruction');
		expect(provider.calls[0]?.body).toMatchObject({
			contents: [
				{ role: 'user' },
				{
					role: 'model',
					parts: [
						{ text: 'I vote.' },
						{ functionCall: { id: 'fc_1', name: 'vote', args: { agent: 'agent1' } } },
						{ functionCall: { name: 'vote', args: { agent: 'agent1' } } },
					],
				},
				{
					role: 'user',
					parts: [
						{ functionResponse: { id: 'fc_1', name: 'vote', response: { output: 'counted' } } },
						{ functionResponse: { name: 'vote', response: { error: 'twice' } } },
					],
				},
				{ role: 'user', parts: [{ text: 'Go on.' }] },
			],
		});
		expect(JSON.stringify(provider.calls[0]?.body)).not.toContain('gemini-1-1');
	});

	it('leaves out an assistant that said nothing, and shows broken arguments as what was written', async () => {
		const { ask, provider } = await startGemini(fine);
		const call = { id: 'x', name: 'vote', arguments: '"agent1"' };
		const messages: Message[] = [
			...request.messages,
			{ role: 'assistant', text: '', toolCalls: [] },
			{ role: 'user', text: 'Vote.' },
			{ role: 'assistant', text: '', toolCalls: [call] },
			{ role: 'tool', callId: 'x', name: 'vote', text: 'no', isError: false },
		];
		await ask({ tools: [vote], messages });
		expect(provider.calls[0]?.messages).toMatchObject([
			{ role: 'user' },
			{ role: 'user' },
			{ role: 'assistant', toolCalls: [{ arguments: '{"unparsed":"\\"agent1\\""}' }] },
			{ role: 'tool' },
		]);
	});

	it('merges further fields into the body and passes on headers', async () => {
		const extra = { generationConfig: { seed: 7 }, safetySettings: [] };
		const { ask, provider } = await startGemini(fine, { extra, headers: { 'x-team': 'blue' }, temperature: 1 });
		await ask();
		expect(provider.calls[0]?.body).toMatchObject({
			generationConfig: { seed: 7, temperature: 1 },
			safetySettings: [],
		});
		expect(provider.calls[0]?.headers).toMatchObject({ 'x-team': 'blue', 'x-goog-api-key': '[key]' });
	});

	it.each([
		['', '/v1'],
		['/v1beta', '/v1beta'],
		['/v1alpha/', '/v1alpha'],
	])('takes an address that ends in "%s"', async (suffix, version) => {
		const { provider } = await startGemini(fine);
		const clock = createManualClock();
		const baseUrl = `${provider.url}${suffix}`;
		const { settings, services } = injected(clock, { type: 'gemini', model: 'gemini-3.5-flash', baseUrl });
		const backend = await createGeminiBackend(settings, services);
		for await (const _event of backend.stream(request, new AbortController().signal));
		expect(provider.calls.map(({ path }) => path)).toEqual([
			`${version}/models/gemini-3.5-flash:streamGenerateContent`,
		]);
	});
});

describe('without a key', () => {
	afterEach(() => vi.unstubAllEnvs());

	it('does not send one that lies about in the environment', async () => {
		vi.stubEnv('GEMINI_API_KEY', 'AIza-from-the-environment');
		const { settings, services } = injected(createManualClock(), { apiKey: null });
		const { provider } = await startGemini(fine);
		const seen: string[] = [];
		vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
			seen.push(new Headers(init.headers).get('x-goog-api-key') ?? '');
			return new Response('data: {"candidates":[{"finishReason":"STOP"}]}\n\n');
		});
		const backend = await createGeminiBackend({ ...settings, baseUrl: provider.url }, services);
		for await (const _event of backend.stream(request, new AbortController().signal));
		vi.unstubAllGlobals();
		expect(seen).toEqual(['none']);
	});
});

describe('thinking', () => {
	it.each([
		['gemini-3.5-flash', 'low', { includeThoughts: true, thinkingLevel: 'LOW' }],
		['gemini-3-pro-preview', 'xhigh', { includeThoughts: true, thinkingLevel: 'HIGH' }],
		['gemini-3.5-flash', 'none', { includeThoughts: true, thinkingLevel: 'MINIMAL' }],
		['gemini-2.5-flash', 'medium', { includeThoughts: true, thinkingBudget: 8_192 }],
		['gemini-2.5-flash', 'none', { includeThoughts: true, thinkingBudget: 0 }],
	])('of %s with effort %s', async (model, effort, thinkingConfig) => {
		const { ask, provider } = await startGemini(fine, { model, reasoning: { effort, summary: null } });
		await ask();
		expect(provider.refusals).toEqual([]);
		expect(provider.calls[0]?.body).toMatchObject({ generationConfig: { thinkingConfig } });
	});

	it('refuses an effort that Gemini has no word for', async () => {
		const { settings, services } = injected(createManualClock(), { reasoning: { effort: 'hihg', summary: null } });
		await expect(createGeminiBackend(settings, services)).rejects.toMatchObject({ code: 'config_invalid' });
	});
});

describe('what Google runs itself', () => {
	const both = { webSearch: true, codeExecution: true };

	it('stands alone where there are no functions', async () => {
		const { ask, provider } = await startGemini(fine, { ...both, model: 'gemini-2.5-flash' });
		await ask({ toolChoice: 'required' });
		expect(provider.calls[0]?.body).toMatchObject({ tools: [{ googleSearch: {} }, { codeExecution: {} }] });
		expect(provider.calls[0]?.body).not.toHaveProperty('toolConfig');
	});

	it('stands beside functions where the model can do that; then no function can be forced', async () => {
		const { ask, provider } = await startGemini(fine, both);
		await ask({ tools: [vote], toolChoice: 'required' });
		expect(provider.refusals).toEqual([]);
		expect(provider.calls[0]).toMatchObject({
			tools: [{ name: 'vote' }],
			providerTools: ['web_search', 'code_execution'],
			body: {
				toolConfig: {
					functionCallingConfig: { mode: 'VALIDATED' },
					includeServerSideToolInvocations: true,
				},
			},
		});
	});

	it('gives way to functions where the model refuses both, and that is remembered', async () => {
		const { ask, provider } = await startGemini(fine, { ...both, model: 'gemini-2.5-flash' });
		ending(await ask({ tools: [vote], toolChoice: 'required' }), 'finished');
		ending(await ask({ tools: [vote] }), 'finished');
		ending(await ask(), 'finished');
		expect(provider.refusals).toEqual(['Tool use with function calling is unsupported by the model.']);
		expect(provider.calls).toMatchObject([
			{ providerTools: [], toolChoice: 'required' },
			{ providerTools: [], toolChoice: 'auto' },
			{ providerTools: ['web_search', 'code_execution'] },
		]);
	});

	it('does not give way to a refusal that is about something else', async () => {
		const { ask, provider } = await startGemini(fine, { ...both, extra: { colour: 'blue' } });
		expect(ending(await ask({ tools: [vote] }), 'failed')).toMatchObject({ failure: 'request_invalid' });
		expect(provider.refusals).toHaveLength(1);
	});
});
