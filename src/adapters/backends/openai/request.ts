import { createHash } from 'node:crypto';
import type {
	FunctionTool,
	ResponseCreateParamsStreaming,
	ResponseInputItem,
	Tool,
} from 'openai/resources/responses/responses';
import type { BackendRequest, ToolSpec } from '../../../core/backend.ts';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import type { Message } from '../../../core/message.ts';
import { allowsStrict } from '../shared/strict-schema.ts';
import { replayedItems } from './replay.ts';

/** Models that think in the open; they refuse `include: reasoning.encrypted_content`. All newer ones seal it. */
const withoutReasoning = /^(ft:)?(gpt-3|gpt-4|chatgpt-)|^gpt-5[\d.]*-chat/;

function functionTool({ name, description, parameters }: ToolSpec): FunctionTool {
	return { type: 'function', name, description, parameters, strict: allowsStrict(parameters) };
}

function toolsOf(request: BackendRequest, settings: BackendSettings): Tool[] {
	const tools: Tool[] = request.tools.map(functionTool);
	if (settings.webSearch) tools.push({ type: 'web_search' });
	if (settings.codeExecution) tools.push({ type: 'code_interpreter', container: { type: 'auto' } });
	return tools;
}

function itemsOf(message: Message, model: string): ResponseInputItem[] {
	switch (message.role) {
		case 'user':
			return [{ role: 'user', content: message.text }];
		case 'tool':
			return [{ type: 'function_call_output', call_id: message.callId, output: message.text }];
		case 'assistant': {
			const replayed = replayedItems(message, model);
			if (replayed !== null) return replayed;
			const calls = message.toolCalls.map(
				({ id, name, arguments: text }): ResponseInputItem => ({
					type: 'function_call',
					call_id: id,
					name,
					arguments: text,
				}),
			);
			return message.text === '' ? calls : [{ role: 'assistant', content: message.text }, ...calls];
		}
	}
}

/** At most 64 characters, the same for all calls of one agent in one run, and telling the provider nothing. */
function cacheKey({ run, agent }: BackendRequest): string {
	return `massgen-${createHash('sha256').update(`${run}\n${agent}`).digest('hex').slice(0, 40)}`;
}

/** The body of one call. Nothing is stored at the provider, so reasoning comes back sealed, to be replayed. */
export function responseParams(request: BackendRequest, settings: BackendSettings): ResponseCreateParamsStreaming {
	const { model, reasoning, temperature, topP, maxOutputTokens, verbosity, extra } = settings;
	const tools = toolsOf(request, settings);
	const mustCall = request.toolChoice === 'required' && request.tools.length > 0;
	const { effort, summary } = reasoning;
	const params = {
		model,
		...(request.system === '' ? {} : { instructions: request.system }),
		input: request.messages.flatMap((message) => itemsOf(message, model)),
		store: false,
		prompt_cache_key: cacheKey(request),
		...(withoutReasoning.test(model) ? {} : { include: ['reasoning.encrypted_content' as const] }),
		...(tools.length === 0 ? {} : { tools, tool_choice: mustCall ? ('required' as const) : ('auto' as const) }),
		...(effort === null && summary === null
			? {}
			: { reasoning: { ...(effort === null ? {} : { effort }), ...(summary === null ? {} : { summary }) } }),
		...(verbosity === null ? {} : { text: { verbosity } }),
		...(temperature === null ? {} : { temperature }),
		...(topP === null ? {} : { top_p: topP }),
		...(maxOutputTokens === null ? {} : { max_output_tokens: maxOutputTokens }),
		...extra,
		stream: true as const,
	};
	// Effort, summary and verbosity are the user's words: the API knows which of them a model has.
	return params as ResponseCreateParamsStreaming;
}
