import type {
	ChatCompletionCreateParamsStreaming,
	ChatCompletionMessageParam,
	ChatCompletionTool,
} from 'openai/resources/chat/completions';
import type { BackendRequest, ToolSpec } from '../../../core/backend.ts';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import type { Message } from '../../../core/message.ts';
import { allowsStrict } from '../shared/strict-schema.ts';
import { replayedReasoning } from './reasoning.ts';

function toolOf({ name, description, parameters }: ToolSpec, strictTools: boolean): ChatCompletionTool {
	const strict = strictTools && allowsStrict(parameters) ? { strict: true } : {};
	return { type: 'function', function: { name, description, parameters, ...strict } };
}

function messagesOf(message: Message): ChatCompletionMessageParam[] {
	switch (message.role) {
		case 'user':
			return [{ role: 'user', content: message.text }];
		case 'tool':
			return [{ role: 'tool', tool_call_id: message.callId, content: message.text }];
		case 'assistant': {
			const { text, toolCalls } = message;
			// Some servers refuse a message that says nothing.
			if (toolCalls.length === 0) return text === '' ? [] : [{ role: 'assistant', content: text }];
			return [
				{
					role: 'assistant',
					content: text === '' ? null : text,
					tool_calls: toolCalls.map(({ id, name, arguments: args }) => ({
						id,
						type: 'function',
						function: { name, arguments: args },
					})),
					...replayedReasoning(message),
				},
			];
		}
	}
}

/** The body of one call, with nothing in it that this endpoint does not have. */
export function completionParams(
	request: BackendRequest,
	settings: BackendSettings,
): ChatCompletionCreateParamsStreaming {
	const { model, endpoint, temperature, topP, maxOutputTokens, reasoning, extra } = settings;
	const tools = request.tools.map((tool) => toolOf(tool, endpoint.strictTools));
	const mustCall = request.toolChoice === 'required' && endpoint.requiredToolChoice;
	const params = {
		model,
		messages: [
			...(request.system === '' ? [] : [{ role: 'system' as const, content: request.system }]),
			...request.messages.flatMap(messagesOf),
		],
		...(tools.length === 0 ? {} : { tools, tool_choice: mustCall ? ('required' as const) : ('auto' as const) }),
		...(endpoint.streamUsage ? { stream_options: { include_usage: true } } : {}),
		...(reasoning.effort === null ? {} : { reasoning_effort: reasoning.effort }),
		...(temperature === null ? {} : { temperature }),
		...(topP === null ? {} : { top_p: topP }),
		...(maxOutputTokens === null ? {} : { [endpoint.maxTokensField]: maxOutputTokens }),
		...extra,
		stream: true as const,
	};
	// The effort is the user's word: the endpoint knows which of them it has.
	return params as ChatCompletionCreateParamsStreaming;
}
