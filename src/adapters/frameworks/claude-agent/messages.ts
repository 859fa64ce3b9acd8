import type { SDKMessage, SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import type { ExternalEvent } from '../../../core/external-agent.ts';
import { type Usage, unknownUsage } from '../../../core/usage.ts';
import { createUsageSum } from '../shared/usage-sum.ts';

/** Reads what Claude Code says in one reply. What its sub-agents say is theirs. */
export interface MessageReader {
	take(message: SDKMessage): ExternalEvent[];
	/** Null: it has not begun. */
	session(): string | null;
	/** Null: it is not over. */
	result(): SDKResultMessage | null;
}

export function createMessageReader(): MessageReader {
	const tools = new Map<string, string>();
	let session: string | null = null;
	let result: SDKResultMessage | null = null;
	let hasText = false;
	let isNext = false;
	const deltaOf = (text: string): ExternalEvent => {
		const gap = isNext && hasText ? '\n\n' : '';
		isNext = false;
		hasText = true;
		return { type: 'text_delta', text: gap + text };
	};
	return {
		take(message) {
			switch (message.type) {
				case 'system':
					if (message.subtype === 'init') session = message.session_id;
					return [];
				case 'stream_event': {
					const { event, parent_tool_use_id: parent } = message;
					if (parent !== null) return [];
					if (event.type === 'message_start') isNext = true;
					const delta = event.type === 'content_block_delta' ? event.delta : null;
					return delta?.type === 'text_delta' ? [deltaOf(delta.text)] : [];
				}
				case 'assistant':
					return message.parent_tool_use_id === null ? startsOf(message.message.content, tools) : [];
				case 'user':
					return endsOf(message.message.content, tools);
				case 'result':
					result = message;
					return [];
				default:
					return [];
			}
		},
		session: () => session,
		result: () => result,
	};
}

type Said = Extract<SDKMessage, { type: 'assistant' }>['message']['content'];
type Told = Extract<SDKMessage, { type: 'user' }>['message']['content'];

function startsOf(content: Said, tools: Map<string, string>): ExternalEvent[] {
	return content.flatMap((block): ExternalEvent[] => {
		if (block.type !== 'tool_use') return [];
		tools.set(block.id, block.name);
		return [{ type: 'tool_started', tool: block.name }];
	});
}

function endsOf(content: Told, tools: ReadonlyMap<string, string>): ExternalEvent[] {
	if (typeof content === 'string') return [];
	return content.flatMap((block): ExternalEvent[] => {
		const tool = block.type === 'tool_result' ? tools.get(block.tool_use_id) : undefined;
		if (block.type !== 'tool_result' || tool === undefined) return [];
		return [{ type: 'tool_finished', tool, isError: block.is_error === true }];
	});
}

/** What the session used up to its result, sub-agents included. */
export function usageOf({ modelUsage }: SDKResultMessage): Usage {
	const sum = createUsageSum();
	for (const { inputTokens, outputTokens, thinkingTokens, ...cache } of Object.values(modelUsage)) {
		sum.add({
			inputTokens: inputTokens + cache.cacheReadInputTokens + cache.cacheCreationInputTokens,
			cachedInputTokens: cache.cacheReadInputTokens,
			outputTokens,
			reasoningTokens: thinkingTokens ?? null,
		});
	}
	const total = sum.total();
	// What failed before its first call says 0.
	return total.inputTokens === 0 ? unknownUsage : total;
}

/** What was used since a session waited. One that did not keep its count has begun at 0 again. */
export function usageSince(total: Usage, used: Usage): Usage {
	const isCounting = [
		[total.inputTokens, used.inputTokens],
		[total.outputTokens, used.outputTokens],
	].every(([now, before]) => now != null && before != null && now >= before);
	if (!isCounting) return total;
	const since = (now: number | null, before: number | null) =>
		now === null || before === null ? null : Math.max(0, now - before);
	return {
		inputTokens: since(total.inputTokens, used.inputTokens),
		cachedInputTokens: since(total.cachedInputTokens, used.cachedInputTokens),
		outputTokens: since(total.outputTokens, used.outputTokens),
		reasoningTokens: since(total.reasoningTokens, used.reasoningTokens),
	};
}
