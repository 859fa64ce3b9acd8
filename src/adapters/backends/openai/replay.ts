import type { ResponseInputItem, ResponseOutputItem } from 'openai/resources/responses/responses';
import type { Message } from '../../../core/message.ts';

/** What is kept of a reply, to be given back word for word. Sealed reasoning is of use to its own model only. */
interface Replay {
	model: string;
	output: readonly ResponseOutputItem[];
}

/** The opaque part of a reply's message; undefined when its text and calls say everything, or all that can be said. */
export function replayOf(model: string, output: readonly ResponseOutputItem[]): Replay | undefined {
	const plain = output.every((item) => item.type === 'function_call' || (item.type === 'message' && !item.phase));
	// Reasoning that came without its seal is unknown to a provider that stores nothing.
	const unsealed = output.some((item) => item.type === 'reasoning' && !item.encrypted_content);
	return plain || unsealed ? undefined : { model, output };
}

function isReplay(items: unknown): items is Replay {
	return (
		typeof items === 'object' &&
		items !== null &&
		'model' in items &&
		typeof items.model === 'string' &&
		'output' in items &&
		Array.isArray(items.output)
	);
}

/** The items of an earlier reply, or null when the message has to be rebuilt from its text and calls. */
export function replayedItems(
	message: Extract<Message, { role: 'assistant' }>,
	model: string,
): ResponseInputItem[] | null {
	const { opaque, toolCalls } = message;
	if (opaque?.backend !== 'openai' || !isReplay(opaque.items) || opaque.items.model !== model) return null;
	const { output } = opaque.items;
	const calls = output.flatMap((item) => (item.type === 'function_call' ? [item.call_id] : []));
	// The agent may have dropped calls that are not to be answered; then the items no longer fit the results.
	const same = calls.length === toolCalls.length && toolCalls.every(({ id }) => calls.includes(id));
	// Output items are valid input, but the SDK types the two apart.
	return same ? ([...output] as ResponseInputItem[]) : null;
}
