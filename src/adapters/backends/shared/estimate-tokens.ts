import type { BackendRequest } from '../../../core/backend.ts';

const CHARS_PER_TOKEN = 4;
/** Assumed where the settings do not limit the output. */
const USUAL_OUTPUT = 1_000;

/** A rough size of a call, for rate limits only: it is corrected by the real usage afterwards. */
export function estimateTokens(request: BackendRequest, maxOutputTokens: number | null): number {
	let chars = request.system.length;
	for (const message of request.messages) {
		chars += message.text.length;
		if (message.role === 'assistant') for (const call of message.toolCalls) chars += call.arguments.length;
	}
	for (const tool of request.tools) chars += tool.description.length + JSON.stringify(tool.parameters).length;
	return Math.ceil(chars / CHARS_PER_TOKEN) + (maxOutputTokens ?? USUAL_OUTPUT);
}
