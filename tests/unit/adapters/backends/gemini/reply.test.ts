import { describe, expect, it } from 'vitest';
import type { BackendEvent, ToolSpec } from '../../../../../src/core/backend.ts';
import type { Message } from '../../../../../src/core/message.ts';
import { ending, only, request, textOf } from '../../../../contracts/backend-bench.ts';
import { chunk, parts, startGemini, wire } from './gemini-bench.ts';

const vote: ToolSpec = {
	name: 'vote',
	description: 'Votes',
	parameters: { type: 'object', properties: { agent: { type: 'string' } } },
};

function asMessage(events: readonly BackendEvent[]): Message {
	const { opaque } = ending(events, 'finished');
	return JSON.parse(
		JSON.stringify({
			role: 'assistant',
			text: textOf(events),
			toolCalls: only(events, 'tool_called').map(({ type: _type, ...call }) => call),
			...(opaque === undefined ? {} : { opaque: { backend: 'gemini', items: opaque } }),
		}),
	);
}

const results = (events: readonly BackendEvent[]): Message[] =>
	only(events, 'tool_called').map(({ id, name }) => ({ role: 'tool', callId: id, name, text: 'ok', isError: false }));

describe('a reply of Gemini', () => {
	it('gives calls without an id one that is the same for the same place in the conversation', async () => {
		const toolCalls = [
			{ name: 'vote', arguments: { agent: 'a' } },
			{ name: 'vote', arguments: { agent: 'b' } },
		];
		const { ask } = await startGemini({ toolCalls }, { model: 'gemini-2.5-flash' });
		const [once, again] = [await ask({ tools: [vote] }), await ask({ tools: [vote] })];
		const ids = only(once, 'tool_called').map(({ id }) => id);
		expect(new Set(ids).size).toBe(2);
		expect(only(again, 'tool_called').map(({ id }) => id)).toEqual(ids);
		const later = await ask({ tools: [vote], messages: [...request.messages, asMessage(once), ...results(once)] });
		for (const { id } of only(later, 'tool_called')) expect(ids).not.toContain(id);
	});

	it('keeps the ids that Gemini gives', async () => {
		const { ask } = await startGemini({ toolCalls: [{ name: 'vote', arguments: {} }] });
		expect(only(await ask({ tools: [vote] }), 'tool_called')).toMatchObject([{ id: 'fc_0_0', arguments: '{}' }]);
	});

	it('is given back word for word with its signatures, without summaries of thoughts', async () => {
		const reply = wire(
			chunk(parts({ text: 'Thinking hard.', thought: true })),
			chunk(parts({ text: 'I ' })),
			chunk(parts({ text: 'vote.' })),
			chunk(parts({ functionCall: { name: 'vote', args: { agent: 'a' } }, thoughtSignature: 'seal-1' })),
			chunk(parts({ text: '', thoughtSignature: 'seal-2' }, { text: '' })),
			chunk({ finishReason: 'STOP' }),
		);
		const { ask, provider } = await startGemini([reply, { text: 'Fine' }]);
		const events = await ask({ tools: [vote] });
		expect(only(events, 'reasoning_delta')).toEqual([{ type: 'reasoning_delta', text: 'Thinking hard.' }]);
		await ask({ tools: [vote], messages: [...request.messages, asMessage(events), ...results(events)] });
		expect(provider.refusals).toEqual([]);
		expect(provider.calls[1]?.body).toMatchObject({
			contents: [
				{ role: 'user' },
				{
					role: 'model',
					parts: [
						{ text: 'I vote.' },
						{ functionCall: { name: 'vote', args: { agent: 'a' } }, thoughtSignature: 'seal-1' },
						{ text: '', thoughtSignature: 'seal-2' },
					],
				},
				{ role: 'user', parts: [{ functionResponse: { name: 'vote' } }] },
			],
		});
	});

	it('gives signatures to the model that made them and to no other', async () => {
		const { ask } = await startGemini({ reasoning: 'Hm', toolCalls: [{ name: 'vote', arguments: {} }] });
		const events = await ask({ tools: [vote] });
		const other = await startGemini({ text: 'Fine' }, { model: 'gemini-3-pro-preview' });
		await other.ask({ tools: [vote], messages: [...request.messages, asMessage(events), ...results(events)] });
		expect(other.provider.calls[0]?.messages[1]).toMatchObject({ seals: [], toolCalls: [{ name: 'vote' }] });
	});

	it('has nothing to give back where text and calls say it all', async () => {
		const { ask } = await startGemini({ text: 'Hello' });
		expect(ending(await ask(), 'finished')).not.toHaveProperty('opaque');
	});

	it('shows what Google ran, and gives it back beside functions', async () => {
		const first = { providerTools: ['web_search', 'code_execution'], text: 'It rains.' };
		const { ask, provider } = await startGemini([first, { text: 'Still.' }], { webSearch: true, codeExecution: true });
		const events = await ask({ tools: [vote] });
		expect(events.slice(0, 4)).toEqual([
			{ type: 'provider_tool_started', name: 'web_search' },
			{ type: 'provider_tool_finished', name: 'web_search' },
			{ type: 'provider_tool_started', name: 'code_execution' },
			{ type: 'provider_tool_finished', name: 'code_execution' },
		]);
		const messages: Message[] = [...request.messages, asMessage(events), { role: 'user', text: 'And now?' }];
		await ask({ tools: [vote], messages });
		expect(provider.refusals).toEqual([]);
		expect(provider.calls[1]?.body).toMatchObject({
			contents: [
				{},
				{
					parts: [
						{ toolCall: { id: 'tool_0_0' }, thoughtSignature: 'seal-tool_0_0' },
						{ toolResponse: { id: 'tool_0_0' } },
						{ executableCode: { code: '1 + 1' } },
						{ codeExecutionResult: { output: '2' } },
						{ text: 'It rains.' },
					],
				},
				{},
			],
		});
	});

	it('shows a search that left only its queries behind, once', async () => {
		const grounding = { groundingMetadata: { webSearchQueries: ['weather'] } };
		const { ask } = await startGemini(
			wire(
				chunk({ ...parts({ text: 'It ' }), ...grounding }),
				chunk({ ...parts({ text: 'rains.' }), ...grounding }),
				chunk({ finishReason: 'STOP' }),
			),
			{ webSearch: true },
		);
		const events = await ask();
		expect(only(events, 'provider_tool_started')).toEqual([{ type: 'provider_tool_started', name: 'web_search' }]);
		expect(only(events, 'provider_tool_finished')).toHaveLength(1);
	});

	it('counts thoughts as output and what tools brought as input', async () => {
		const usageMetadata = {
			promptTokenCount: 100,
			toolUsePromptTokenCount: 20,
			cachedContentTokenCount: 60,
			candidatesTokenCount: 30,
			thoughtsTokenCount: 12,
		};
		const { ask } = await startGemini(
			wire(
				chunk(parts({ text: 'Hi' }), { usageMetadata: { promptTokenCount: 100 } }),
				chunk({ finishReason: 'STOP' }, { usageMetadata }),
			),
		);
		expect(ending(await ask(), 'finished').usage).toEqual({
			inputTokens: 120,
			cachedInputTokens: 60,
			outputTokens: 42,
			reasoningTokens: 12,
		});
	});

	it('goes on where Gemini asks for it, as one reply', async () => {
		const first = wire(
			chunk(parts({ text: 'One, ' })),
			chunk(
				{ finishReason: 'CONTINUATION', continuationToken: 'dG9rZW4=' },
				{ usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5 } },
			),
		);
		const rest = wire(
			chunk(parts({ text: 'two.' })),
			chunk({ finishReason: 'STOP' }, { usageMetadata: { promptTokenCount: 15, candidatesTokenCount: 3 } }),
		);
		const { ask, provider } = await startGemini([first, rest]);
		const events = await ask();
		expect(textOf(events)).toBe('One, two.');
		expect(ending(events, 'finished')).toMatchObject({
			reason: 'stop',
			usage: { inputTokens: 25, outputTokens: 8 },
		});
		expect(provider.refusals).toEqual([]);
		expect(JSON.stringify(provider.calls[1]?.body)).toContain('dG9rZW4=');
	});

	it('does not go on by itself from a checkpoint when the connection breaks', async () => {
		const body = `data: ${JSON.stringify(chunk({ ...parts({ text: 'One' }), continuationToken: 'dG9rZW4=' }))}\n\n`;
		const headers = { 'content-type': 'text/event-stream' };
		const { ask, provider } = await startGemini({ fault: { type: 'status', status: 200, headers, body } });
		expect(ending(await ask(), 'failed')).toMatchObject({ failure: 'stream_broken' });
		expect(provider.calls).toHaveLength(1);
	});
});

describe('the end of a reply', () => {
	it.each(['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'])(
		'%s is a refusal, which is not repeated',
		async (finishReason) => {
			const { ask, provider } = await startGemini(wire(chunk({ finishReason })));
			expect(ending(await ask(), 'failed')).toMatchObject({
				failure: 'content_refused',
				retryable: false,
				message: expect.stringContaining(finishReason),
			});
			expect(provider.calls).toHaveLength(1);
		},
	);

	it('is a refusal when the prompt itself was blocked', async () => {
		const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 8 } };
		const { ask } = await startGemini(wire(blocked));
		expect(ending(await ask(), 'failed')).toMatchObject({
			failure: 'content_refused',
			message: expect.stringContaining('PROHIBITED_CONTENT'),
			usage: { inputTokens: 8 },
		});
	});

	it.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'MALFORMED_RESPONSE', 'TOO_MANY_TOOL_CALLS', 'OTHER'])(
		'%s is tried again',
		async (finishReason) => {
			const { ask } = await startGemini([wire(chunk({ finishReason })), { text: 'Better' }]);
			const events = await ask();
			expect(events[0]).toMatchObject({ type: 'retried', failure: 'response_invalid' });
			expect(textOf(events)).toBe('Better');
		},
	);

	it('is an ordinary one for a reason that is not known yet', async () => {
		const { ask } = await startGemini(wire(chunk({ ...parts({ text: 'Hi' }), finishReason: 'SATISFIED' })));
		expect(ending(await ask(), 'finished').reason).toBe('stop');
	});

	it('is a broken stream when it comes in the middle of a chunk', async () => {
		const body = `data: ${JSON.stringify(chunk(parts({ text: 'One' })))}\n\ndata: {"candidates": [{"con`;
		const headers = { 'content-type': 'text/event-stream' };
		const { ask } = await startGemini({ fault: { type: 'status', status: 200, headers, body } });
		expect(ending(await ask(), 'failed')).toMatchObject({ failure: 'stream_broken', retryable: true });
	});
});

describe('failures in Google`s own words', () => {
	const failing = (status: number, error: Record<string, unknown>) => ({
		fault: { type: 'status' as const, status, body: { error: { code: status, ...error } } },
	});
	const info = 'type.googleapis.com/google.rpc';

	it('a wrong key is told by its reason, although the status is 400', async () => {
		const details = [{ '@type': `${info}.ErrorInfo`, reason: 'API_KEY_INVALID' }];
		const { ask } = await startGemini(failing(400, { message: 'Bad', status: 'INVALID_ARGUMENT', details }));
		expect(ending(await ask(), 'failed')).toMatchObject({ failure: 'authentication', retryable: false });
	});

	it('a rate limit says how long to wait in the body', async () => {
		const details = [{ '@type': `${info}.RetryInfo`, retryDelay: '1.5s' }];
		const limited = failing(429, { message: 'Slow down', status: 'RESOURCE_EXHAUSTED', details });
		const { ask } = await startGemini([limited, { text: 'Now' }]);
		expect((await ask())[0]).toMatchObject({ type: 'retried', failure: 'rate_limited', delayMs: 1_500 });
	});

	it('a day`s quota does not come back in a moment', async () => {
		const violations = [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }];
		const details = [
			{ '@type': `${info}.QuotaFailure`, violations },
			{ '@type': `${info}.RetryInfo`, retryDelay: '2s' },
		];
		const { ask } = await startGemini(failing(429, { message: 'Quota', status: 'RESOURCE_EXHAUSTED', details }));
		expect(ending(await ask(), 'failed')).toMatchObject({ failure: 'quota_exhausted', retryable: false });
	});

	it('a proxy`s error page is quoted without its markup', async () => {
		const page = { type: 'status', status: 502, headers: { 'content-type': 'text/html' } } as const;
		const { ask } = await startGemini({ fault: { ...page, body: '<h1>Bad gateway</h1>' } }, { tries: 1 });
		expect(ending(await ask(), 'failed')).toMatchObject({
			failure: 'overloaded',
			message: expect.stringContaining('(502): Bad gateway'),
		});
	});
});
