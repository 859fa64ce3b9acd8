import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';
import { createReply } from '../../../../../src/adapters/backends/openai/reply.ts';
import { injected } from '../../../../contracts/backend-bench.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';

const { settings } = injected(createManualClock());
const usage = {
	input_tokens: 50,
	input_tokens_details: { cached_tokens: 0 },
	output_tokens: 4,
	output_tokens_details: { reasoning_tokens: 0 },
	total_tokens: 54,
};

/** Recorded events are far richer than what is read of them. */
const event = (type: string, rest: object) => ({ type, sequence_number: 1, ...rest }) as unknown as ResponseStreamEvent;

describe('a response of OpenAI', () => {
	it.each([
		['server_error', 'overloaded', true],
		['rate_limit_exceeded', 'rate_limited', true],
		['invalid_prompt', 'request_invalid', false],
		['bio_policy', 'content_refused', false],
	])('that failed with %s is %s', (code, failure, retryable) => {
		const reply = createReply(settings);
		const failed = event('response.failed', { response: { error: { code, message: 'no luck' }, usage } });
		expect(() => reply.read(failed)).toThrow(expect.objectContaining({ failure, retryable }));
		expect(reply.usage()).toMatchObject({ inputTokens: 50, outputTokens: 4 });
	});

	it('that a content filter cut off is refused', () => {
		const response = { incomplete_details: { reason: 'content_filter' }, usage: null };
		expect(() => createReply(settings).read(event('response.incomplete', { response }))).toThrow(
			expect.objectContaining({ failure: 'content_refused', retryable: false }),
		);
	});

	it('does not hand on a call that was cut off', () => {
		const item = { type: 'function_call', call_id: 'c', name: 'vote', arguments: '{"ag', status: 'incomplete' };
		expect(createReply(settings).read(event('response.output_item.done', { item }))).toBeNull();
	});

	it('puts a blank line between parts of a reasoning summary', () => {
		const reply = createReply(settings);
		expect(reply.read(event('response.reasoning_summary_part.added', { summary_index: 0 }))).toBeNull();
		expect(reply.read(event('response.reasoning_summary_part.added', { summary_index: 1 }))).toEqual({
			type: 'reasoning_delta',
			text: '\n\n',
		});
	});

	it('keeps nothing of reasoning that came without its seal', () => {
		const reply = createReply(settings);
		reply.read(event('response.output_item.done', { item: { type: 'reasoning', id: 'rs_1', summary: [] } }));
		const finished = reply.read(event('response.completed', { response: { usage } }));
		expect(finished).toMatchObject({ type: 'finished', reason: 'stop' });
		expect(finished).not.toHaveProperty('opaque');
	});
});
