import type { Content, Part } from '@google/genai';
import type { Message } from '../../../core/message.ts';

/** What `Message.opaque` keeps of a reply: its parts with their thought signatures. */
export interface Replay {
	model: string;
	parts: Part[];
}

const GENERATED = 'gemini-';

/** An id for a call that came without one: unique in its conversation, and the same when the reply is repeated. */
export const generatedCallId = (messagesBefore: number, index: number) => `${GENERATED}${messagesBefore}-${index}`;

/** An id of ours means nothing to the API, which then pairs calls and results by name and order. */
const wireId = (id: string) => (id.startsWith(GENERATED) ? {} : { id });

/** The conversation as Gemini wants it: all results of one reply's calls together in the turn after it. */
export function toContents(messages: readonly Message[], model: string): Content[] {
	const contents: Content[] = [];
	let results: Part[] | null = null;
	for (const message of messages) {
		if (message.role === 'tool') {
			if (results === null) {
				results = [];
				contents.push({ role: 'user', parts: results });
			}
			results.push(functionResponse(message));
			continue;
		}
		results = null;
		const parts = message.role === 'user' ? [{ text: message.text }] : replyParts(message, model);
		if (parts.length > 0) contents.push({ role: message.role === 'user' ? 'user' : 'model', parts });
	}
	return contents;
}

function functionResponse({ callId, name, text, isError }: Extract<Message, { role: 'tool' }>): Part {
	return { functionResponse: { ...wireId(callId), name, response: isError ? { error: text } : { output: text } } };
}

function replyParts({ text, toolCalls, opaque }: Extract<Message, { role: 'assistant' }>, model: string): Part[] {
	const items = opaque?.backend === 'gemini' ? opaque.items : null;
	if (isReplay(items) && items.model === model) return items.parts;
	const calls = toolCalls.map(
		({ id, name, arguments: args }): Part => ({ functionCall: { ...wireId(id), name, args: argumentsOf(args) } }),
	);
	return text === '' ? calls : [{ text }, ...calls];
}

/** The API insists on an object; text that is none is shown to the model as what it wrote. */
function argumentsOf(text: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
	} catch {
		// Falls through: it is not JSON at all.
	}
	return { unparsed: text };
}

function isReplay(items: unknown): items is Replay {
	return (
		typeof items === 'object' &&
		items !== null &&
		'model' in items &&
		'parts' in items &&
		typeof items.model === 'string' &&
		Array.isArray(items.parts)
	);
}
