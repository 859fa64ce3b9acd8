import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import { describe, expect, it } from 'vitest';
import { createReply } from '../../../../../src/adapters/backends/openai-compatible/reply.ts';
import { injected } from '../../../../contracts/backend-bench.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';

const { settings } = injected(createManualClock());

/** Chunks as servers send them, which is not always what the SDK's type promises. */
function read(chunks: readonly object[]) {
	const reply = createReply(settings);
	const events = chunks.flatMap((chunk) => [...reply.read(chunk as ChatCompletionChunk)]);
	return [...events, ...reply.end()];
}
const delta = (fields: object, finish: string | null = null) => ({
	choices: [{ index: 0, delta: fields, finish_reason: finish }],
});
const call = (text: string) => ({ tool_calls: [{ index: 0, id: 'a', function: { name: 'vote', arguments: text } }] });

describe('a completion of a compatible server', () => {
	it.each([
		['stop', 'stop'],
		['eos_token', 'stop'],
		['length', 'length'],
		['max_tokens', 'length'],
	])('that finished with %s ended by %s', (finish, reason) => {
		expect(read([delta({ content: 'Hi' }, finish)]).at(-1)).toMatchObject({ type: 'finished', reason });
	});

	it('with calls ended by tool_calls, whatever the server called it', () => {
		expect(read([delta(call('{}')), delta({}, 'stop')]).slice(-2)).toMatchObject([
			{ type: 'tool_called', id: 'a', arguments: '{}' },
			{ type: 'finished', reason: 'tool_calls' },
		]);
	});

	it('that was cut does not hand on the call in whose middle it was cut', () => {
		expect(read([delta(call('{"agent": "a')), delta({}, 'length')])).toEqual([
			{ type: 'tool_call_started', id: 'a', name: 'vote' },
			expect.objectContaining({ type: 'finished', reason: 'length' }),
		]);
	});

	it('without a reason to end has broken off', () => {
		expect(read([delta({ content: 'Hi' })])).toEqual([{ type: 'text_delta', text: 'Hi' }]);
	});

	it('that the server gave up is broken, and may be tried again', () => {
		expect(() => read([delta({ content: 'Hi' }), delta({}, 'error')])).toThrow(
			expect.objectContaining({ failure: 'stream_broken', retryable: true }),
		);
	});

	it.each([
		[delta({ refusal: 'I will not.' }), delta({}, 'stop')],
		[delta({ content: 'Well' }), delta({}, 'content_filter')],
	])('that was refused says so', (...chunks) => {
		expect(() => read(chunks)).toThrow(expect.objectContaining({ failure: 'content_refused', retryable: false }));
	});

	it.each(['reasoning', 'reasoning_content'])('streams thinking that comes as `%s`', (field) => {
		expect(read([delta({ [field]: 'Hm' }), delta({ content: 'Hi' }, 'stop')])[0]).toEqual({
			type: 'reasoning_delta',
			text: 'Hm',
		});
	});

	it('gives thinking back under its name, after tool calls only', () => {
		const thinking = [delta({ reasoning: 'H' }), delta({ reasoning: 'm' })];
		expect(read([...thinking, delta(call('{}'), 'tool_calls')]).at(-1)).toMatchObject({ opaque: { reasoning: 'Hm' } });
		expect(read([...thinking, delta({ content: 'Hi' }, 'stop')]).at(-1)).not.toHaveProperty('opaque');
	});

	it('counts reasoning that the provider reports beside the completion', () => {
		const usage = {
			prompt_tokens: 10,
			completion_tokens: 5,
			total_tokens: 35,
			completion_tokens_details: { reasoning_tokens: 20 },
		};
		expect(read([delta({ content: 'Hi' }, 'stop'), { choices: [], usage }]).at(-1)).toMatchObject({
			usage: { inputTokens: 10, outputTokens: 25, reasoningTokens: 20, cachedInputTokens: null },
		});
	});

	it('survives chunks without choices, deltas and numbers', () => {
		const chunks = [{}, { choices: [{ index: 0 }] }, { choices: [], usage: { prompt_tokens: 'many' } }];
		expect(read([...chunks, delta({}, 'stop')])).toMatchObject([{ type: 'finished', usage: { inputTokens: null } }]);
	});
});
