import type { ExternalEvent } from '../../../core/external-agent.ts';
import { type Usage, unknownUsage } from '../../../core/usage.ts';
import { listOf, recordOf, textOf } from '../shared/record-of.ts';
import { countOf } from '../shared/usage-sum.ts';

interface GraphMessage {
	/** `human`, `ai`, `tool`, `system`. */
	type: string;
	text: string;
	tool: string;
	calls: readonly string[];
	isError: boolean;
}

/** What people are shown of one chunk of a graph's stream. */
export function messageEvents(mode: unknown, payload: unknown): ExternalEvent[] {
	if (mode === 'messages') {
		const message = messageOf(listOf(payload)[0]);
		return message.type === 'ai' && message.text !== '' ? [{ type: 'text_delta', text: message.text }] : [];
	}
	if (mode !== 'updates') return [];
	return Object.values(recordOf(payload)).flatMap((update) =>
		messagesIn(recordOf(update)).flatMap(({ type, calls, tool, isError }): ExternalEvent[] => [
			...calls.map((name): ExternalEvent => ({ type: 'tool_started', tool: name })),
			...(type === 'tool' ? [{ type: 'tool_finished', tool, isError } as const] : []),
		]),
	);
}

/** The messages of a graph's state, oldest first. */
export const messagesIn = (state: Record<string, unknown>): GraphMessage[] => listOf(state.messages).map(messageOf);

function messageOf(value: unknown): GraphMessage {
	const message = recordOf(value);
	const { text, content, type, name, status } = message;
	return {
		type: textOf(type) ?? '',
		text: textOf(text) ?? textOf(content) ?? '',
		tool: textOf(name) ?? 'tool',
		calls: listOf(message.tool_calls).flatMap((call) => textOf(recordOf(call).name) ?? []),
		isError: status === 'error',
	};
}

/** What a call of a model of LangChain used, by the result that its callbacks are told. */
export function modelCallUsage(output: unknown): Usage {
	const first = recordOf(listOf(listOf(recordOf(output).generations)[0])[0]);
	const used = recordOf(recordOf(first.message).usage_metadata);
	const inputTokens = countOf(used.input_tokens);
	if (inputTokens === null) return unknownUsage;
	return {
		inputTokens,
		cachedInputTokens: countOf(recordOf(used.input_token_details).cache_read),
		outputTokens: countOf(used.output_tokens),
		reasoningTokens: countOf(recordOf(used.output_token_details).reasoning),
	};
}
