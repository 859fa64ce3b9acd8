import { randomUUID } from 'node:crypto';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { CompletionUsage } from 'openai/resources/completions';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import type { ToolCall } from '../../../core/message.ts';
import { type Usage, unknownUsage } from '../../../core/usage.ts';
import { AttemptError } from '../shared/attempt-error.ts';
import { failureMessage } from '../shared/failure-message.ts';
import type { AttemptEvent } from '../shared/resilient-stream.ts';
import { tokenCount } from '../shared/token-count.ts';
import { type Thought, thoughtIn } from './reasoning.ts';
import { createToolCalls } from './tool-calls.ts';

export interface Reply {
	/** The events that this chunk amounts to. */
	read(chunk: ChatCompletionChunk): readonly AttemptEvent[];
	/** What remains to be said when the stream has ended. Throws when it did not come to a proper end. */
	end(): readonly AttemptEvent[];
	usage(): Usage;
}

function usageOf(usage: CompletionUsage): Usage {
	const input = tokenCount(usage.prompt_tokens);
	const output = tokenCount(usage.completion_tokens);
	const total = tokenCount(usage.total_tokens);
	const reasoning = tokenCount(usage.completion_tokens_details?.reasoning_tokens);
	// xAI counts reasoning beside the completion instead of in it; the total tells.
	const isBeside = input !== null && output !== null && reasoning !== null && total === input + output + reasoning;
	return {
		inputTokens: input,
		cachedInputTokens: tokenCount(usage.prompt_tokens_details?.cached_tokens),
		outputTokens: isBeside ? output + reasoning : output,
		reasoningTokens: reasoning,
	};
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

/** Calls to hand on: a reply that was cut may end in the middle of one. */
function wholeCalls(calls: readonly ToolCall[], isCut: boolean): readonly ToolCall[] {
	return isCut ? calls.filter((call) => isJson(call.arguments)) : calls;
}

function attemptError(
	failure: 'content_refused' | 'stream_broken',
	words: string,
	settings: BackendSettings,
): AttemptError {
	const message = failureMessage(failure, settings, { status: null, message: words });
	return new AttemptError(failure, failure === 'stream_broken', message);
}

/** What a server's reason to end means. Throws when the reply did not come to a proper end. */
function endOf(reason: string, settings: BackendSettings): 'stop' | 'length' {
	switch (reason) {
		case 'length':
		case 'max_tokens':
		case 'model_length':
			return 'length';
		case 'content_filter':
			throw attemptError('content_refused', 'a content filter stopped the reply', settings);
		case 'error':
		case 'abort':
		case 'insufficient_system_resource':
			throw attemptError('stream_broken', `the server stopped with "${reason}"`, settings);
		default:
			return 'stop';
	}
}

const NOTHING: readonly AttemptEvent[] = [];

/** Reads one streamed completion. */
export function createReply(settings: BackendSettings): Reply {
	const calls = createToolCalls(`call_${randomUUID().slice(0, 8)}`);
	let usage = unknownUsage;
	let finish: string | null = null;
	let refusal = '';
	let thought: Thought | null = null;

	const eventsOf = (delta: ChatCompletionChunk.Choice.Delta): readonly AttemptEvent[] => {
		const events: AttemptEvent[] = [];
		const thinking = thoughtIn(delta);
		if (thinking !== null) {
			thought = { field: thinking.field, text: (thought?.text ?? '') + thinking.text };
			events.push({ type: 'reasoning_delta', text: thinking.text });
		}
		if (delta.content) events.push({ type: 'text_delta', text: delta.content });
		if (delta.refusal) refusal += delta.refusal;
		for (const piece of delta.tool_calls ?? []) {
			const begun = calls.add(piece);
			if (begun !== null) events.push({ type: 'tool_call_started', ...begun });
		}
		return events;
	};

	return {
		usage: () => usage,
		read(chunk) {
			if (chunk.usage) usage = usageOf(chunk.usage);
			const choice = chunk.choices?.[0];
			if (choice?.finish_reason) finish = choice.finish_reason;
			return choice?.delta ? eventsOf(choice.delta) : NOTHING;
		},
		end() {
			// Without a reason the stream broke off, which `resilientStream` says.
			if (finish === null) return NOTHING;
			const reason = endOf(finish, settings);
			if (refusal !== '') throw attemptError('content_refused', refusal, settings);
			const whole = wholeCalls(calls.all(), reason === 'length');
			return [
				...whole.map((call): AttemptEvent => ({ type: 'tool_called', ...call })),
				{
					type: 'finished',
					reason: reason === 'stop' && whole.length > 0 ? 'tool_calls' : reason,
					usage,
					...(thought !== null && whole.length > 0 ? { opaque: { [thought.field]: thought.text } } : {}),
				},
			];
		},
	};
}
