import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages';

/**
 * What a request may have to go without, because not every model takes it: a forced tool (refused by models that
 * always think, and by the older ones while they think), temperature and top_p, and thinking blocks of a conversation
 * that has changed since they were written. Lists of models would be out of date; the refusal itself is heeded.
 */
export type Concession = 'forced_tool' | 'sampling' | 'thinking_blocks';

const refusals: readonly [Concession, RegExp, (params: MessageCreateParams) => boolean][] = [
	['forced_tool', /tool_choice|forces? tool use/i, (params) => params.tool_choice?.type === 'any'],
	['sampling', /temperature|top_p/i, (params) => 'temperature' in params || 'top_p' in params],
	['thinking_blocks', /(thinking|signature).*(block|signature)|thinking\.signature/is, hasThinkingBlocks],
];

/** What to leave out so that the same request may be accepted; null when its refusal (status 400) is about nothing such. */
export function concessionFor(refusal: string, params: MessageCreateParams): Concession | null {
	return refusals.find(([, words, applies]) => words.test(refusal) && applies(params))?.[0] ?? null;
}

function hasThinkingBlocks({ messages }: MessageCreateParams): boolean {
	return messages.some(({ content }) => Array.isArray(content) && content.some((block) => isThinking(block)));
}

export const isThinking = ({ type }: { type: string }) => type === 'thinking' || type === 'redacted_thinking';
