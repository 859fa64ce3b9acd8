import type { ContentBlockParam, MessageParam, ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages';
import type { Message } from '../../../core/message.ts';
import { isThinking } from './concessions.ts';

/** What `Message.opaque` keeps of a reply: its blocks word for word, which only the model that wrote them takes back. */
export interface Replay {
	model: string;
	content: ContentBlockParam[];
}

interface Options {
	model: string;
	/** False: replayed thinking is left out. */
	withThinking: boolean;
}

/** The conversation as Anthropic wants it: user and assistant in turn, every result right after its call. */
export function toMessageParams(messages: readonly Message[], options: Options): MessageParam[] {
	const params: { role: 'user' | 'assistant'; content: ContentBlockParam[] }[] = [];
	for (const message of messages) {
		const role = message.role === 'assistant' ? 'assistant' : 'user';
		const content = contentOf(message, options);
		if (content.length === 0) continue;
		const last = params.at(-1);
		if (last?.role === role) last.content.push(...content);
		else params.push({ role, content: [...content] });
	}
	// A turn of several steps sends its beginning again with each: it is read from the cache from the third on.
	const last = params.at(-1);
	const end = last?.role === 'user' ? last.content.at(-1) : undefined;
	if (params.length > 1 && (end?.type === 'text' || end?.type === 'tool_result')) {
		end.cache_control = { type: 'ephemeral' };
	}
	return params;
}

function contentOf(message: Message, { model, withThinking }: Options): ContentBlockParam[] {
	switch (message.role) {
		case 'user':
			return textBlock(message.text);
		case 'tool':
			return [toolResult(message)];
		case 'assistant': {
			const items = message.opaque?.backend === 'anthropic' ? message.opaque.items : null;
			if (isReplay(items) && items.model === model) {
				return withThinking ? items.content : items.content.filter((block) => !isThinking(block));
			}
			const calls = message.toolCalls.map(
				(call): ContentBlockParam => ({
					type: 'tool_use',
					id: call.id,
					name: call.name,
					input: toolInput(call.arguments),
				}),
			);
			return [...textBlock(message.text), ...calls];
		}
	}
}

/** The API refuses text blocks without a visible character. */
function textBlock(text: string): ContentBlockParam[] {
	return text.trim() === '' ? [] : [{ type: 'text', text }];
}

function toolResult({ callId, text, isError }: Extract<Message, { role: 'tool' }>): ToolResultBlockParam {
	return {
		type: 'tool_result',
		tool_use_id: callId,
		...(text === '' ? {} : { content: text }),
		...(isError ? { is_error: true } : {}),
	};
}

/** The arguments as the object the API insists on; text that is none is shown to the model as what it wrote. */
export function toolInput(text: string): Record<string, unknown> {
	return parsedInput(text) ?? { unparsed: text };
}

/** Null when the text is not a JSON object. */
export function parsedInput(text: string): Record<string, unknown> | null {
	try {
		const input: unknown = JSON.parse(text);
		return typeof input === 'object' && input !== null && !Array.isArray(input) ? { ...input } : null;
	} catch {
		return null;
	}
}

function isReplay(items: unknown): items is Replay {
	return (
		typeof items === 'object' &&
		items !== null &&
		'model' in items &&
		'content' in items &&
		typeof items.model === 'string' &&
		Array.isArray(items.content)
	);
}
