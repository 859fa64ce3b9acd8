import type { Spend } from '../../../core/usage.ts';
import { aboutRun, type Progress, type RunState } from './run-state.ts';

/** What every part of one answer has. */
export interface ChatHead {
	id: string;
	/** Seconds since the epoch. */
	created: number;
	model: string;
}

/** Left out where one of the providers has not said what it used. */
function usageOf(spend: Spend | null) {
	const { inputTokens, outputTokens } = spend?.usage ?? { inputTokens: null, outputTokens: null };
	if (inputTokens === null || outputTokens === null) return null;
	return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}

export function completionOf(head: ChatHead, state: RunState, url: string) {
	const usage = usageOf(state.result?.spend ?? null);
	const message = { role: 'assistant', content: state.text, refusal: null };
	return {
		...head,
		object: 'chat.completion',
		choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
		...(usage === null ? {} : { usage }),
		massgen: aboutRun(state, url),
	};
}

type Delta = { role?: 'assistant'; content?: string };

const chunk = (head: ChatHead, delta: Delta, finish: 'stop' | null = null) => ({
	...head,
	object: 'chat.completion.chunk',
	choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
});

export const firstChunk = (head: ChatHead) => chunk(head, { role: 'assistant', content: '' });
export const textChunk = (head: ChatHead, content: string) => chunk(head, { content });
/** How far the team has got; clients that do not know the field see an empty part. */
export const progressChunk = (head: ChatHead, progress: Progress) => ({
	...chunk(head, {}),
	massgen_progress: progress,
});
export const lastChunk = (head: ChatHead, state: RunState, url: string) => ({
	...chunk(head, {}, 'stop'),
	massgen: aboutRun(state, url),
});
export const usageChunk = (head: ChatHead, state: RunState) => ({
	...head,
	object: 'chat.completion.chunk',
	choices: [],
	usage: usageOf(state.result?.spend ?? null),
});

/** An error as OpenAI's clients read it. */
export function errorBody(status: number, code: string, message: string) {
	return { error: { message, type: status >= 500 ? 'server_error' : 'invalid_request_error', param: null, code } };
}
