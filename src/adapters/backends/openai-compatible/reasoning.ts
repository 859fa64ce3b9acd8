import type { Message } from '../../../core/message.ts';

/** The two names under which servers stream their thinking. */
const fields = ['reasoning_content', 'reasoning'] as const;

export interface Thought {
	field: (typeof fields)[number];
	text: string;
}

/** The piece of thinking in a delta, or null. */
export function thoughtIn(delta: object): Thought | null {
	for (const field of fields) {
		const text: unknown = Reflect.get(delta, field);
		if (typeof text === 'string' && text !== '') return { field, text };
	}
	return null;
}

/**
 * Thinking goes back, under the name it came by, with a message that called tools and with no other: DeepSeek and
 * Moonshot require it there, and older servers refuse it elsewhere.
 */
export function replayedReasoning({ opaque }: Extract<Message, { role: 'assistant' }>): Record<string, string> {
	const items = opaque?.backend === 'openai-compatible' ? opaque.items : null;
	const thought = typeof items === 'object' && items !== null ? thoughtIn(items) : null;
	return thought === null ? {} : { [thought.field]: thought.text };
}
