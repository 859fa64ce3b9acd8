import { z } from 'zod';

/** A function call that a model asked for. `arguments` is the text the model wrote: it may be broken JSON. */
export const toolCallSchema = z.object({ id: z.string(), name: z.string(), arguments: z.string() });
export type ToolCall = z.infer<typeof toolCallSchema>;

/** One entry of a conversation with a model, provider-neutral and JSON-safe, because transcripts are journaled. */
export const messageSchema = z.discriminatedUnion('role', [
	z.object({ role: z.literal('user'), text: z.string() }),
	z.object({
		role: z.literal('assistant'),
		text: z.string(),
		toolCalls: z.array(toolCallSchema),
		/**
		 * What the same backend must be given back word for word (reasoning items, thinking signatures).
		 * Another backend ignores it.
		 */
		opaque: z.object({ backend: z.string(), items: z.unknown() }).optional(),
	}),
	z.object({
		role: z.literal('tool'),
		callId: z.string(),
		name: z.string(),
		text: z.string(),
		isError: z.boolean(),
	}),
]);
export type Message = z.infer<typeof messageSchema>;
