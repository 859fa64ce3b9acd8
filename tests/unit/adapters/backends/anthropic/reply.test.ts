import { describe, expect, it } from 'vitest';
import type { BackendEvent, ToolSpec } from '../../../../../src/core/backend.ts';
import type { Message } from '../../../../../src/core/message.ts';
import { ending, only, request, textOf } from '../../../../contracts/backend-bench.ts';
import { block, start, startClaude, stop, text, wire } from './anthropic-bench.ts';

const vote: ToolSpec = { name: 'vote', description: 'Votes', parameters: { type: 'object', properties: {} } };

/** The reply as the agent puts it into the conversation, and a journal gives it back. */
function asMessage(events: readonly BackendEvent[]): Message {
	const { opaque } = ending(events, 'finished');
	return JSON.parse(
		JSON.stringify({
			role: 'assistant',
			text: textOf(events),
			toolCalls: only(events, 'tool_called').map(({ type: _type, ...call }) => call),
			...(opaque === undefined ? {} : { opaque: { backend: 'anthropic', items: opaque } }),
		}),
	);
}

describe('what Anthropic runs itself', () => {
	it('is asked for by flags, in the newest versions', async () => {
		const { ask, provider } = await startClaude({ text: 'Fine' }, { webSearch: true });
		await ask({ tools: [vote] });
		expect(provider.calls[0]?.body).toMatchObject({
			tools: [
				{ name: 'vote' },
				{
					type: 'web_search_20260318',
					name: 'web_search',
					allowed_callers: ['direct'],
					cache_control: { type: 'ephemeral' },
				},
			],
		});
		const both = await startClaude({ text: 'Fine' }, { webSearch: true, codeExecution: true });
		await both.ask();
		expect(both.provider.calls[0]).toMatchObject({
			providerTools: ['web_search', 'code_execution'],
			body: { tools: [{ name: 'web_search' }, { type: 'code_execution_20260521', name: 'code_execution' }] },
		});
	});

	it('shows while it runs, and its blocks are given back', async () => {
		const first = { providerTools: ['web_search', 'code_execution'], text: 'It rains.' };
		const { ask, provider } = await startClaude([first, { text: 'Still.' }], { webSearch: true, codeExecution: true });
		const events = await ask();
		expect(events.slice(0, 4)).toEqual([
			{ type: 'provider_tool_started', name: 'web_search' },
			{ type: 'provider_tool_finished', name: 'web_search' },
			{ type: 'provider_tool_started', name: 'code_execution' },
			{ type: 'provider_tool_finished', name: 'code_execution' },
		]);
		await ask({ messages: [...request.messages, asMessage(events), { role: 'user', text: 'And now?' }] });
		expect(provider.refusals).toEqual([]);
		expect(provider.calls[1]?.body).toMatchObject({
			messages: [
				{ role: 'user' },
				{
					role: 'assistant',
					content: [
						{ type: 'server_tool_use', id: 'srvtoolu_0_0', input: { query: 'weather' } },
						{ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_0_0' },
						{ type: 'server_tool_use', id: 'srvtoolu_0_1', input: { code: '1 + 1' } },
						{ type: 'code_execution_tool_result', tool_use_id: 'srvtoolu_0_1' },
						{ type: 'text', text: 'It rains.' },
					],
				},
				{ role: 'user' },
			],
		});
	});

	it('may pause the call, which then goes on in the same container as one reply', async () => {
		const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'bash_code_execution', input: {} };
		const paused = wire(
			start({ input_tokens: 100, cache_creation_input_tokens: 30, cache_read_input_tokens: 20, output_tokens: 1 }),
			...text(0, 'Let me see. '),
			...block(1, search, { type: 'input_json_delta', partial_json: '{"command":"ls"}' }),
			...stop('pause_turn', { container: { id: 'container_1' } }, { output_tokens: 40 }),
		);
		const rest = wire(
			start({ input_tokens: 200, cache_creation_input_tokens: 0, cache_read_input_tokens: 50, output_tokens: 1 }),
			...block(0, { type: 'code_execution_tool_result', tool_use_id: 'srvtoolu_1', content: {} }),
			...text(1, 'Two files.'),
			...stop('end_turn', {}, { output_tokens: 7 }),
		);
		const { ask, provider } = await startClaude([paused, rest], { codeExecution: true });
		const events = await ask();
		expect(textOf(events)).toBe('Let me see. Two files.');
		expect(only(events, 'provider_tool_started')).toEqual([{ type: 'provider_tool_started', name: 'code_execution' }]);
		expect(provider.refusals).toEqual([]);
		expect(provider.calls[1]?.body).toMatchObject({
			container: 'container_1',
			messages: [{ role: 'user' }, { role: 'assistant', content: [{ type: 'text' }, { input: { command: 'ls' } }] }],
		});
		expect(ending(events, 'finished')).toEqual({
			type: 'finished',
			reason: 'stop',
			usage: { inputTokens: 400, cachedInputTokens: 70, outputTokens: 47, reasoningTokens: null },
			opaque: {
				model: 'claude-opus-4-8',
				content: [
					{ type: 'text', text: 'Let me see. ', citations: null },
					{ ...search, input: { command: 'ls' } },
					{ type: 'code_execution_tool_result', tool_use_id: 'srvtoolu_1', content: {} },
					{ type: 'text', text: 'Two files.', citations: null },
				],
			},
		});
	});
});

describe('thinking', () => {
	const reply = { reasoning: 'Alpha is best.', toolCalls: [{ name: 'vote', arguments: {} }] };
	const after = (events: readonly BackendEvent[]): Message[] => [
		...request.messages,
		asMessage(events),
		...only(events, 'tool_called').map(
			({ id, name }): Message => ({ role: 'tool', callId: id, name, text: 'ok', isError: false }),
		),
	];

	it('is given back with its signature, redacted or not', async () => {
		const redacted = { type: 'redacted_thinking', data: 'c2VjcmV0' };
		const thought = { type: 'thinking', thinking: '', signature: '' };
		const first = wire(
			start(),
			...block(0, thought, { type: 'thinking_delta', thinking: '' }, { type: 'signature_delta', signature: 'seal-x' }),
			...block(1, redacted),
			...text(2, 'Done.'),
			...stop('end_turn'),
		);
		const { ask } = await startClaude(first);
		const events = await ask();
		expect(only(events, 'reasoning_delta')).toEqual([]);
		expect(ending(events, 'finished').opaque).toMatchObject({
			content: [{ type: 'thinking', thinking: '', signature: 'seal-x' }, redacted, { type: 'text', text: 'Done.' }],
		});
	});

	it('is not given to another model', async () => {
		const first = await startClaude(reply);
		const events = await first.ask({ tools: [vote] });
		const other = await startClaude({ text: 'Fine' }, { model: 'claude-opus-5' });
		await other.ask({ tools: [vote], messages: after(events) });
		expect(other.provider.refusals).toEqual([]);
		expect(other.provider.calls[0]?.messages[1]).toMatchObject({ seals: [], toolCalls: [{ name: 'vote' }] });
	});

	it('is not kept where there was none', async () => {
		const { ask } = await startClaude({ text: 'Hello', toolCalls: reply.toolCalls });
		expect(ending(await ask({ tools: [vote] }), 'finished')).not.toHaveProperty('opaque');
	});
});

describe('the end of a reply', () => {
	it('keeps citations and passes over events and blocks of a kind that is not known yet', async () => {
		const citation = { type: 'web_search_result_location', url: 'https://example.com', cited_text: 'rain' };
		const { ask } = await startClaude(
			wire(
				start(),
				{ type: 'message_novelty', whatever: true },
				...block(0, { type: 'container_upload', file_id: 'file_1' }),
				...block(
					1,
					{ type: 'text', text: '', citations: null },
					{ type: 'text_delta', text: 'Rain' },
					{ type: 'citations_delta', citation },
				),
				...stop('stop_sequence'),
			),
		);
		const finished = ending(await ask(), 'finished');
		expect(finished.reason).toBe('stop');
		expect(finished.opaque).toMatchObject({ content: [{ type: 'container_upload' }, { citations: [citation] }] });
	});

	it('drops a tool call that the output limit cut off', async () => {
		const cut = wire(
			start(),
			...block(0, { type: 'thinking', thinking: 'Hm', signature: 'seal-0' }),
			...block(
				1,
				{ type: 'tool_use', id: 'toolu_1', name: 'vote', input: {} },
				{ type: 'input_json_delta', partial_json: '{"agent": "ag' },
			),
			...stop('max_tokens'),
		);
		const { ask } = await startClaude(cut);
		const events = await ask({ tools: [vote] });
		expect(only(events, 'tool_called')).toEqual([]);
		expect(ending(events, 'finished')).toMatchObject({ reason: 'length', opaque: { content: [{ type: 'thinking' }] } });
	});

	it.each([
		['model_context_window_exceeded', 'length'],
		['a_reason_of_tomorrow', 'stop'],
	])('is %s, which is %s for us', async (reason, ours) => {
		const { ask } = await startClaude(wire(start(), ...text(0, 'Hm'), ...stop(reason)));
		expect(ending(await ask(), 'finished').reason).toBe(ours);
	});

	it('takes arguments that came with the call itself, and none as an empty object', async () => {
		const calls = [
			...block(0, { type: 'tool_use', id: 'toolu_1', name: 'vote', input: { agent: 'agent1' } }),
			...block(1, { type: 'tool_use', id: 'toolu_2', name: 'vote', input: {} }),
		];
		const { ask } = await startClaude(wire(start(), ...calls, ...stop('tool_use')));
		expect(only(await ask({ tools: [vote] }), 'tool_called').map((call) => call.arguments)).toEqual([
			'{"agent":"agent1"}',
			'{}',
		]);
	});

	it('says why the request was refused, and what it cost', async () => {
		const { ask } = await startClaude({ stop: 'refused', usage: { input: 50, output: 2, cached: 10 } });
		expect(ending(await ask(), 'failed')).toMatchObject({
			failure: 'content_refused',
			message:
				'Anthropic refused to answer (It may help an attack). Put the question differently, or use another model.',
			usage: { inputTokens: 50, cachedInputTokens: 10, outputTokens: 2 },
		});
	});

	it('counts what a broken call has used so far', async () => {
		const broken = {
			text: 'Hello you',
			usage: { input: 9, output: 4 },
			fault: { type: 'drop', afterFrames: 1 },
		} as const;
		const { ask } = await startClaude(broken);
		expect(ending(await ask(), 'failed').usage).toMatchObject({ inputTokens: 9, outputTokens: 1 });
	});

	it('takes pings for signs of life', async () => {
		const bench = await startClaude(() => ({
			text: 'Late',
			async pace() {
				await new Promise((resolve) => setTimeout(resolve, 25));
				await bench.clock.advance(35_000);
			},
		}));
		expect(textOf(await bench.ask())).toBe('Late');
		expect(bench.provider.calls).toHaveLength(1);
	});
});

describe('failures in Anthropic`s own words', () => {
	const failing = (status: number, type: string, message: string, details: Record<string, unknown> = {}) => ({
		fault: { type: 'status' as const, status, body: { type: 'error', error: { type, message, details } } },
	});

	it.each([
		[529, 'overloaded_error', 'Overloaded', {}, 'overloaded'],
		[402, 'billing_error', 'Your credit balance is too low', {}, 'quota_exhausted'],
		[429, 'rate_limit_error', 'Limit', { error_code: 'enforced_spend_limit_reached' }, 'quota_exhausted'],
		[413, 'request_too_large', 'Request exceeds the maximum size', {}, 'context_too_long'],
		[403, 'permission_error', 'Not for you', {}, 'permission'],
		[504, 'timeout_error', 'Took too long', {}, 'overloaded'],
	])('%i %s: %s', async (status, type, message, details, failure) => {
		const { ask } = await startClaude(failing(status, type, message, details), { tries: 1 });
		expect(ending(await ask(), 'failed').failure).toBe(failure);
	});

	it('an error inside the stream is retried before output and not after', async () => {
		const fault = { type: 'error_event', code: 'overloaded_error', message: 'Overloaded' } as const;
		const before = await startClaude([{ text: 'Hello', fault }, { text: 'Hello' }]);
		expect(await before.ask()).toMatchObject([{ type: 'retried', failure: 'overloaded' }, {}, { type: 'finished' }]);
		const after = await startClaude({ text: 'Hello there', fault: { ...fault, afterFrames: 1 } });
		expect(ending(await after.ask(), 'failed')).toMatchObject({ failure: 'overloaded', retryable: true });
		expect(after.provider.calls).toHaveLength(1);
	});
});
