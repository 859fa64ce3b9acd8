import { describe, expect, it } from 'vitest';
import { createAnthropicBackend } from '../../../../../src/adapters/backends/anthropic.ts';
import type { ToolSpec } from '../../../../../src/core/backend.ts';
import type { Message } from '../../../../../src/core/message.ts';
import { ending, injected, request } from '../../../../contracts/backend-bench.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';
import { startClaude } from './anthropic-bench.ts';

const vote: ToolSpec = {
	name: 'vote',
	description: 'Votes',
	parameters: { type: 'object', properties: { agent: { type: 'string' } }, required: ['agent'] },
};
const call = { id: 'toolu_1', name: 'vote', arguments: '{"agent":"agent1"}' };
const result: Message = { role: 'tool', callId: call.id, name: 'vote', text: 'counted', isError: false };
const fine = { text: 'Fine' };

describe('a request to Anthropic', () => {
	it('marks system and tools for the cache and forces a tool where one is required', async () => {
		const { ask, provider } = await startClaude(fine, { temperature: 0.2, topP: 0.9, model: 'claude-opus-4-6' });
		await ask({ tools: [{ ...vote, name: 'new_answer', description: 'Answers' }, vote], toolChoice: 'required' });
		expect(provider.calls[0]?.body).toEqual({
			model: 'claude-opus-4-6',
			max_tokens: 8_192,
			system: [{ type: 'text', text: request.system, cache_control: { type: 'ephemeral' } }],
			messages: [{ role: 'user', content: [{ type: 'text', text: 'What is the capital of Sweden?' }] }],
			tools: [
				{ name: 'new_answer', description: 'Answers', input_schema: vote.parameters },
				{ name: 'vote', description: 'Votes', input_schema: vote.parameters, cache_control: { type: 'ephemeral' } },
			],
			tool_choice: { type: 'any' },
			temperature: 0.2,
			top_p: 0.9,
			stream: true,
		});
	});

	it('puts results before what the user says next, into one message, and caches up to there', async () => {
		const { ask, provider } = await startClaude(fine);
		await ask({
			system: '',
			tools: [vote],
			messages: [
				...request.messages,
				{ role: 'assistant', text: ' \n', toolCalls: [call, { ...call, id: 'toolu_2' }] },
				result,
				{ ...result, callId: 'toolu_2', text: '', isError: true },
				{ role: 'user', text: 'Go on.' },
				{ role: 'assistant', text: '', toolCalls: [] },
				{ role: 'user', text: 'Please.' },
			],
		});
		expect(provider.refusals).toEqual([]);
		expect(provider.calls[0]?.body).not.toHaveProperty('system');
		expect(provider.calls[0]?.body).toMatchObject({
			messages: [
				{ role: 'user' },
				{
					role: 'assistant',
					content: [
						{ type: 'tool_use', id: 'toolu_1', name: 'vote', input: { agent: 'agent1' } },
						{ type: 'tool_use', id: 'toolu_2', name: 'vote', input: { agent: 'agent1' } },
					],
				},
				{
					role: 'user',
					content: [
						{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'counted' },
						{ type: 'tool_result', tool_use_id: 'toolu_2', is_error: true },
						{ type: 'text', text: 'Go on.' },
						{ type: 'text', text: 'Please.', cache_control: { type: 'ephemeral' } },
					],
				},
			],
		});
	});

	it('shows the model arguments that were no object as what it wrote', async () => {
		const { ask, provider } = await startClaude(fine);
		const messages: Message[] = [
			...request.messages,
			{ role: 'assistant', text: '', toolCalls: [{ ...call, arguments: '["agent1"]' }] },
			result,
		];
		await ask({ tools: [vote], messages });
		expect(provider.calls[0]?.messages[1]).toMatchObject({
			toolCalls: [{ arguments: '{"unparsed":"[\\"agent1\\"]"}' }],
		});
	});

	it('passes on further fields and headers, and takes an address that ends in /v1', async () => {
		const { ask, provider } = await startClaude(fine, {
			extra: { top_k: 5, metadata: { user_id: 'u1' } },
			headers: { 'anthropic-beta': 'context-1m-2025-08-07' },
		});
		await ask();
		const clock = createManualClock();
		const { settings, services } = injected(clock, { type: 'anthropic', baseUrl: `${provider.url}/v1` });
		const backend = await createAnthropicBackend(settings, services);
		for await (const _event of backend.stream(request, new AbortController().signal));
		expect(provider.calls.map(({ path }) => path)).toEqual(['/v1/messages', '/v1/messages']);
		expect(provider.calls[0]?.body).toMatchObject({ top_k: 5, metadata: { user_id: 'u1' } });
		expect(provider.calls[0]?.headers).toMatchObject({
			'anthropic-beta': 'context-1m-2025-08-07',
			'anthropic-version': expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
		});
	});

	it('sends no key where none is set, whatever the environment holds', async () => {
		const { ask, provider } = await startClaude(fine, { apiKey: null });
		const failed = ending(await ask(), 'failed');
		expect(provider.refusals).toEqual(['x-api-key header is required']);
		expect(failed).toMatchObject({ failure: 'authentication', message: expect.stringContaining('ANTHROPIC_API_KEY') });
	});
});

describe('thinking', () => {
	it('is adaptive, with the effort beside it and without temperature', async () => {
		const { ask, provider } = await startClaude(fine, {
			reasoning: { effort: 'minimal', summary: null },
			temperature: 0.2,
		});
		await ask();
		expect(provider.calls[0]?.body).toMatchObject({
			max_tokens: 32_000,
			thinking: { type: 'adaptive', display: 'summarized' },
			output_config: { effort: 'low' },
		});
		expect(provider.calls[0]?.body).not.toHaveProperty('temperature');
	});

	it.each([
		['claude-sonnet-4-5-20250929', null, 16_384, 8_192],
		['claude-haiku-4-5', null, 16_384, 8_192],
		['claude-opus-4-1', 4_096, 4_096, 3_072],
		['claude-3-7-sonnet-20250219', 20_000, 20_000, 8_192],
	])('is a budget within the output for %s (limit %s)', async (model, maxOutputTokens, max_tokens, budget_tokens) => {
		const reasoning = { effort: 'medium', summary: null };
		const { ask, provider } = await startClaude(fine, { model, maxOutputTokens, reasoning });
		await ask();
		expect(provider.refusals).toEqual([]);
		expect(provider.calls[0]?.body).toMatchObject({ max_tokens, thinking: { type: 'enabled', budget_tokens } });
		expect(provider.calls[0]?.body).not.toHaveProperty('output_config');
	});

	it('is left out where a small limit has no room for it', async () => {
		const changes = { model: 'claude-haiku-4-5', maxOutputTokens: 1_500, reasoning: { effort: 'high', summary: null } };
		const { ask, provider } = await startClaude(fine, changes);
		await ask();
		expect(provider.calls[0]?.body).toMatchObject({ max_tokens: 1_500 });
		expect(provider.calls[0]?.body).not.toHaveProperty('thinking');
	});

	it('is switched off by the effort none, and gets room in models that think by themselves', async () => {
		const off = await startClaude(fine, { reasoning: { effort: 'none', summary: null } });
		await off.ask();
		expect(off.provider.calls[0]?.body).toMatchObject({ max_tokens: 8_192, thinking: { type: 'disabled' } });
		const unasked = await startClaude(fine, { model: 'claude-sonnet-5' });
		await unasked.ask();
		expect(unasked.provider.calls[0]?.body).toMatchObject({ max_tokens: 32_000 });
		expect(unasked.provider.calls[0]?.body).not.toHaveProperty('thinking');
	});

	it('refuses an effort that Anthropic has no word for', async () => {
		const { settings, services } = injected(createManualClock(), { reasoning: { effort: 'hihg', summary: null } });
		await expect(createAnthropicBackend(settings, services)).rejects.toMatchObject({
			code: 'config_invalid',
			userMessage: expect.stringContaining('low, medium, high'),
		});
	});
});

describe('what a model refuses', () => {
	const required = { tools: [vote], toolChoice: 'required' } as const;

	it('is a forced tool: it is asked again without, and remembered', async () => {
		const { ask, provider } = await startClaude(fine, { model: 'claude-opus-5-5' });
		ending(await ask(required), 'finished');
		ending(await ask(required), 'finished');
		expect(provider.refusals).toEqual(['tool_choice: type "tool" and "any" are not supported for this model.']);
		expect(provider.calls.map(({ toolChoice }) => toolChoice)).toEqual(['auto', 'auto']);
	});

	it('is a forced tool while it thinks', async () => {
		const { ask, provider } = await startClaude(fine, { reasoning: { effort: 'low', summary: null } });
		ending(await ask(required), 'finished');
		expect(provider.refusals).toEqual(['Thinking may not be enabled when tool_choice forces tool use.']);
		expect(provider.calls[0]?.body).toMatchObject({ thinking: { type: 'adaptive' } });
	});

	it('are temperature and top_p, together with a forced tool', async () => {
		const { ask, provider } = await startClaude(fine, { model: 'claude-fable-5-1', temperature: 0.7, topP: 0.9 });
		ending(await ask(required), 'finished');
		expect(provider.refusals).toHaveLength(2);
		expect(provider.calls[0]?.body).not.toHaveProperty('temperature');
		expect(provider.calls[0]?.body).not.toHaveProperty('top_p');
		expect(provider.calls[0]?.toolChoice).toBe('auto');
	});

	it('is thinking that does not fit the conversation any more: the rest of the reply is given back', async () => {
		const { ask, provider } = await startClaude(fine);
		const content = [
			{ type: 'thinking', thinking: 'Hm.', signature: 'of another conversation' },
			{ type: 'tool_use', id: call.id, name: 'vote', input: { agent: 'agent1' } },
		];
		const opaque = { backend: 'anthropic', items: { model: 'claude-opus-4-8', content } };
		const messages: Message[] = [
			...request.messages,
			{ role: 'assistant', text: '', toolCalls: [call], opaque },
			result,
		];
		ending(await ask({ tools: [vote], messages }), 'finished');
		expect(provider.refusals).toEqual([expect.stringContaining('Invalid `signature` in `thinking` block')]);
		expect(provider.calls[0]?.messages[1]).toMatchObject({ toolCalls: [{ id: 'toolu_1' }], seals: [] });
	});

	it('stays a failure when it is anything else', async () => {
		const { ask, provider } = await startClaude(fine, { extra: { colour: 'blue' } });
		expect(ending(await ask(), 'failed')).toMatchObject({
			failure: 'request_invalid',
			message: expect.stringContaining('colour: Extra inputs are not permitted'),
		});
		expect(provider.refusals).toHaveLength(1);
	});
});
