import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { ToolCall } from '../../../core/message.ts';

type Delta = ChatCompletionChunk.Choice.Delta.ToolCall;

interface Part {
	index: number | undefined;
	id: string;
	name: string;
	arguments: string;
	announced: boolean;
}

export interface ToolCalls {
	/** The call that this piece begins, once its name is known; null for every other piece. */
	add(delta: Delta): { id: string; name: string } | null;
	/** All calls, in the order in which they began. */
	all(): readonly ToolCall[];
}

/**
 * Puts tool calls together from their pieces. Pieces belong together by index; but some servers number every parallel
 * call 0, or send no index, and then a new id begins a new call. A missing id is made up from `prefix`.
 */
export function createToolCalls(prefix: string): ToolCalls {
	const parts: Part[] = [];

	const partOf = ({ index, id, function: made }: Delta): Part => {
		const known = index === undefined ? parts.at(-1) : parts.findLast((part) => part.index === index);
		const isNew = known === undefined || (Boolean(id) && Boolean(made?.name) && id !== known.id);
		if (!isNew) return known;
		const part = { index, id: id || `${prefix}_${parts.length}`, name: '', arguments: '', announced: false };
		parts.push(part);
		return part;
	};

	return {
		add(delta) {
			const part = partOf(delta);
			part.arguments += delta.function?.arguments ?? '';
			if (part.announced) return null;
			part.name += delta.function?.name ?? '';
			if (part.name === '') return null;
			part.announced = true;
			return { id: part.id, name: part.name };
		},
		all: () =>
			parts
				.filter(({ announced }) => announced)
				.map((part) => ({ id: part.id, name: part.name, arguments: part.arguments })),
	};
}
