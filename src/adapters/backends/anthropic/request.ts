import type { MessageCreateParamsStreaming, ToolUnion } from '@anthropic-ai/sdk/resources/messages';
import type { BackendRequest } from '../../../core/backend.ts';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import type { Concession } from './concessions.ts';
import { toMessageParams } from './messages.ts';
import { thinkingFor } from './thinking.ts';

const cached = { cache_control: { type: 'ephemeral' } } as const;

/** One call of the Messages API. */
export function toParams(
	request: BackendRequest,
	settings: BackendSettings,
	without: ReadonlySet<Concession>,
): MessageCreateParamsStreaming {
	const { model, maxOutputTokens, reasoning } = settings;
	const thinking = thinkingFor(model, reasoning.effort, maxOutputTokens);
	const thinks = thinking.thinking !== undefined && thinking.thinking.type !== 'disabled';
	const tools = toolsOf(request, settings);
	const forced = request.toolChoice === 'required' && request.tools.length > 0 && !without.has('forced_tool');
	const params: MessageCreateParamsStreaming = {
		model,
		...thinking,
		...(request.system === '' ? {} : { system: [{ type: 'text', text: request.system, ...cached }] }),
		messages: toMessageParams(request.messages, { model, withThinking: !without.has('thinking_blocks') }),
		...(tools.length === 0 ? {} : { tools }),
		...(forced ? { tool_choice: { type: 'any' } } : {}),
		stream: true,
	};
	// The SDK's types no longer have them, as new models refuse them; older ones still take them while they do not think.
	const { temperature, topP } = settings;
	const sampling = thinks || without.has('sampling') ? {} : { ...given({ temperature, top_p: topP }) };
	return Object.assign(params, sampling, settings.extra);
}

/** Ours first and in a stable order, so that they are read from the cache; then the provider's own. */
function toolsOf(request: BackendRequest, { webSearch, codeExecution }: BackendSettings): ToolUnion[] {
	const tools: ToolUnion[] = request.tools.map(({ name, description, parameters }) => ({
		name,
		description,
		input_schema: { ...parameters, type: 'object' },
	}));
	if (webSearch) {
		// Unless it may run code, the model searches directly: searches from within code are beyond the small models.
		const callers = codeExecution ? {} : { allowed_callers: ['direct' as const] };
		tools.push({ type: 'web_search_20260318', name: 'web_search', ...callers });
	}
	if (codeExecution) tools.push({ type: 'code_execution_20260521', name: 'code_execution' });
	const last = tools.at(-1);
	if (last !== undefined) Object.assign(last, cached);
	return tools;
}

function given(fields: Record<string, number | null>): Record<string, number> {
	return Object.fromEntries(
		Object.entries(fields).flatMap(([name, value]): [string, number][] => (value === null ? [] : [[name, value]])),
	);
}
