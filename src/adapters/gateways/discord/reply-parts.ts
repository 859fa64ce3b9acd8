import { splitMarkdown } from '../shared/split-markdown.ts';
import { visibleText } from '../shared/visible-text.ts';
import { LIMITS } from './limits.ts';

/** Messages that one reply may become; what is longer comes as a file. */
const MOST_PARTS = 3;

export interface ReplyPart {
	content: string;
	files: { attachment: Buffer; name: string }[];
}

/** A short text for a person as messages of Discord: split, or the first part with the whole as a file. */
export function replyParts(text: string): readonly ReplyPart[] {
	const shown = visibleText(text);
	const parts = splitMarkdown(shown, LIMITS.content).map((content): ReplyPart => ({ content, files: [] }));
	if (parts.length <= MOST_PARTS) return parts;
	const whole = { attachment: Buffer.from(shown), name: 'reply.md' };
	return parts.slice(0, 1).map(({ content }) => ({ content, files: [whole] }));
}
