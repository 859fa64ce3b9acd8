import type { Response, ResponseOutputItem, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import { type Usage, unknownUsage } from '../../../core/usage.ts';
import { AttemptError } from '../shared/attempt-error.ts';
import { classifyResponse } from '../shared/classify.ts';
import { failureMessage } from '../shared/failure-message.ts';
import type { AttemptEvent } from '../shared/resilient-stream.ts';
import { tokenCount } from '../shared/token-count.ts';
import { replayOf } from './replay.ts';

const providerTools: Readonly<Record<string, string>> = {
	web_search_call: 'web_search',
	code_interpreter_call: 'code_execution',
};

function usageOf(response: Response): Usage {
	const usage = response.usage;
	if (!usage) return unknownUsage;
	return {
		inputTokens: tokenCount(usage.input_tokens),
		cachedInputTokens: tokenCount(usage.input_tokens_details?.cached_tokens),
		outputTokens: tokenCount(usage.output_tokens),
		reasoningTokens: tokenCount(usage.output_tokens_details?.reasoning_tokens),
	};
}

function itemStarted(item: ResponseOutputItem): AttemptEvent | null {
	if (item.type === 'function_call') return { type: 'tool_call_started', id: item.call_id, name: item.name };
	const name = providerTools[item.type];
	return name === undefined ? null : { type: 'provider_tool_started', name };
}

function itemDone(item: ResponseOutputItem): AttemptEvent | null {
	if (item.type === 'function_call') {
		if (item.status === 'incomplete') return null;
		return { type: 'tool_called', id: item.call_id, name: item.name, arguments: item.arguments };
	}
	const name = providerTools[item.type];
	return name === undefined ? null : { type: 'provider_tool_finished', name };
}

export interface Reply {
	/** The event that this piece of the response amounts to, or null. Throws when the response has failed. */
	read(event: ResponseStreamEvent): AttemptEvent | null;
	usage(): Usage;
}

/** Reads one streamed response. */
export function createReply(settings: BackendSettings): Reply {
	const output: ResponseOutputItem[] = [];
	let usage = unknownUsage;
	let refusal = '';

	const refuse = (words: string): never => {
		throw new AttemptError(
			'content_refused',
			false,
			failureMessage('content_refused', settings, { status: null, message: words }),
		);
	};
	const fail = ({ error }: Response): never => {
		const { failure, retryable, message } = classifyResponse(
			{ status: null, codes: [error?.code], message: error?.message ?? '', retryAfterMs: null },
			settings,
		);
		throw new AttemptError(failure, retryable, message);
	};
	const finish = (response: Response, isCut: boolean): AttemptEvent => {
		usage = usageOf(response);
		const cutBy = response.incomplete_details?.reason;
		if (isCut && cutBy === 'content_filter') refuse('a content filter stopped the reply');
		if (refusal !== '') refuse(refusal);
		const called = output.some(({ type }) => type === 'function_call');
		const opaque = replayOf(settings.model, output);
		return {
			type: 'finished',
			reason: isCut ? 'length' : called ? 'tool_calls' : 'stop',
			usage,
			...(opaque === undefined ? {} : { opaque }),
		};
	};

	return {
		usage: () => usage,
		read(event) {
			switch (event.type) {
				case 'response.output_text.delta':
					return { type: 'text_delta', text: event.delta };
				case 'response.reasoning_summary_text.delta':
				case 'response.reasoning_text.delta':
					return { type: 'reasoning_delta', text: event.delta };
				case 'response.reasoning_summary_part.added':
					return event.summary_index === 0 ? null : { type: 'reasoning_delta', text: '\n\n' };
				case 'response.refusal.delta':
					refusal += event.delta;
					return null;
				case 'response.output_item.added':
					return itemStarted(event.item);
				case 'response.output_item.done':
					output.push(event.item);
					return itemDone(event.item);
				case 'response.completed':
				case 'response.incomplete':
					return finish(event.response, event.type === 'response.incomplete');
				case 'response.failed':
					usage = usageOf(event.response);
					return fail(event.response);
				default:
					return null;
			}
		},
	};
}
