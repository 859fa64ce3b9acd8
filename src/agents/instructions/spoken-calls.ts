import type { Turn } from '../../core/agent.ts';
import type { ToolSpec } from '../../core/backend.ts';

/** How to call a tool in writing, for an agent that cannot be given tools. */
export function spokenCalls(tools: readonly ToolSpec[], kind: Turn['kind']): string {
	const plain =
		kind === 'answer' ? ['Instead of calling new_answer you may simply reply with the complete answer as text.'] : [];
	return [
		'<calls>',
		'The calls named in your task are not among your own tools. You make one in writing: end your reply with one JSON object of this form, and write nothing after it:',
		'{"call": "NAME", "arguments": {...}}',
		...plain,
		'The calls, and the JSON Schema of their arguments:',
		...tools.map(({ name, description, parameters }) => `- ${name}: ${description} ${JSON.stringify(parameters)}`),
		'</calls>',
	].join('\n');
}

/** A call as its author wrote it, or would have. */
export const spokenCall = (name: string, input: string): string =>
	`{"call": ${JSON.stringify(name)}, "arguments": ${input}}`;
