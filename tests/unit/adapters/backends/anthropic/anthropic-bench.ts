import { createAnthropicBackend } from '../../../../../src/adapters/backends/anthropic.ts';
import type { BackendSettings } from '../../../../../src/core/backend-settings.ts';
import { type Replies, startBench } from '../../../../contracts/backend-bench.ts';
import type { Reply } from '../../../../platforms/model-provider/reply.ts';

/** A bench whose backend is Claude; 4.8 is the newest model that thinks only when asked and may be forced to call. */
export const startClaude = (replies: Replies, changes: Partial<BackendSettings> = {}) =>
	startBench((_url, { settings, services }) => createAnthropicBackend(settings, services), replies, {
		type: 'anthropic',
		provider: 'anthropic',
		model: 'claude-opus-4-8',
		...changes,
	});

/** A stream of exactly these events. */
export function wire(...events: readonly (Record<string, unknown> & { type: string })[]): Reply {
	const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
	return { fault: { type: 'status', status: 200, headers: { 'content-type': 'text/event-stream' }, body } };
}

export const start = (usage: Record<string, unknown> = { input_tokens: 10, output_tokens: 1 }) => ({
	type: 'message_start',
	message: { id: 'msg_1', type: 'message', role: 'assistant', content: [], usage },
});

/** A whole content block. */
export const block = (index: number, content_block: Record<string, unknown>, ...deltas: Record<string, unknown>[]) => [
	{ type: 'content_block_start', index, content_block },
	...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
	{ type: 'content_block_stop', index },
];

export const text = (index: number, said: string) =>
	block(index, { type: 'text', text: '', citations: null }, { type: 'text_delta', text: said });

export const stop = (stop_reason: string, more: Record<string, unknown> = {}, usage = { output_tokens: 5 }) => [
	{ type: 'message_delta', delta: { stop_reason, stop_details: null, container: null, ...more }, usage },
	{ type: 'message_stop' },
];
