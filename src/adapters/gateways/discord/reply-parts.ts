import { splitMarkdown } from '../shared/split-markdown.ts';
import { visibleText } from '../shared/visible-text.ts';
import { LIMITS } from './limits.ts';

/** Messages that one reply may become; what is longer comes as a file. */
const MOST_PARTS = 3;

export interface ReplyPart {
	content: string;
	files: { attachment: Buffer; name: string }[];
}

/** A text that is read beside a reply. */
export interface ReplyFile {
	name: string;
	text: string;
}

/** A short text for a person as messages of Discord: split, or the first part with the whole as a file. */
export function replyParts(text: string, beside: readonly ReplyFile[] = []): readonly ReplyPart[] {
	const shown = visibleText(text);
	const files = beside.map(({ name, text: inside }) => ({ attachment: Buffer.from(inside), name }));
	const parts = splitMarkdown(shown, LIMITS.content);
	const isWhole = parts.length <= MOST_PARTS;
	if (!isWhole) files.push({ attachment: Buffer.from(shown), name: 'reply.md' });
	const told = isWhole ? parts : parts.slice(0, 1);
	return told.map((content, index) => ({ content, files: index === 0 ? files : [] }));
}
