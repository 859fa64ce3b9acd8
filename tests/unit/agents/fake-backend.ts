import type { Backend, BackendEvent, BackendRequest } from '../../../src/core/backend.ts';
import type { Usage } from '../../../src/core/usage.ts';

export const usage: Usage = { inputTokens: 10, cachedInputTokens: 4, outputTokens: 5, reasoningTokens: 1 };

/** The wire does not matter to these tests: a backend that plays the events it is given, one list per call. */
export interface FakeBackend extends Backend {
	readonly requests: readonly BackendRequest[];
}

export function createFakeBackend(...replies: readonly (readonly BackendEvent[])[]): FakeBackend {
	const requests: BackendRequest[] = [];
	return {
		name: 'fake',
		provider: 'fake-provider',
		model: 'fake-model',
		requests,
		async *stream(request, signal) {
			requests.push(request);
			const reply = replies[requests.length - 1];
			if (reply === undefined) throw new Error(`unexpected model call ${requests.length}`);
			yield* reply;
			if (reply.at(-1)?.type === 'finished' || reply.at(-1)?.type === 'failed') return;
			if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
			yield { type: 'failed', failure: 'aborted', retryable: true, message: 'stopped', usage };
		},
	};
}

export const says = (text: string): BackendEvent[] => [
	{ type: 'text_delta', text },
	{ type: 'finished', reason: 'stop', usage },
];

/** A reply of calls; arguments given as text are sent as they are. */
export function callsFor(...calls: readonly (readonly [name: string, input: unknown])[]): BackendEvent[] {
	return [
		...calls.flatMap(([name, input], index): BackendEvent[] => {
			const id = `${name}-${index}`;
			return [
				{ type: 'tool_call_started', id, name },
				{ type: 'tool_called', id, name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
			];
		}),
		{ type: 'finished', reason: 'tool_calls', usage },
	];
}

export const answers = (content: string) => callsFor(['new_answer', { content }]);
export const votesFor = (agent_id: string) => callsFor(['vote', { agent_id, reason: 'good' }]);
