import { BotError } from '../../../core/errors.ts';
import { createMarkdownLines } from './markdown-lines.ts';
import type { Spot } from './part-end.ts';
import { sealedPart } from './sealed-part.ts';

/** Room for a fence to be closed and opened again around something to read. */
const MIN_LIMIT = 64;

/**
 * Splits a Markdown text into parts of at most `limit` UTF-16 code units, in linear time. Code units are the most
 * that a platform which counts characters can count (Discord counts code points: discord-api-docs issue 1315; Slack
 * does not say), so a part is never too long. What is sent is what counts: make the text harmless first, then split.
 *
 * The parts put together are the text, apart from two things. Code that goes on in the next part, or that the text
 * leaves open, is closed at the end of the part and opened again in the next: a fence by added lines with the same info
 * string, a code span that begins its line by its signs. And a part of nothing but white space, which no platform
 * takes, is left out. No part breaks a surrogate pair, CRLF, or what a reader takes for one character, unless that
 * alone is longer than a part. Every part by itself has its fences closed, whatever the text is.
 *
 * `isGrowing`: the text goes on, so the last part's fence is left open. What such a part says is the beginning of what
 * it says later, as long as it is the last.
 *
 * Fences inside of quotations are taken for text. Signs of a fence that take more than an eighth of a part are not
 * repeated, so what follows them in the next part reads as text. Throws `bug` when `limit` is below 64.
 */
export function splitMarkdown(text: string, limit: number, isGrowing = false): readonly string[] {
	if (!Number.isInteger(limit) || limit < MIN_LIMIT) {
		throw new BotError('bug', `a part of a text must be allowed ${MIN_LIMIT} code units or more, not ${limit}`);
	}
	const lines = createMarkdownLines(text, limit);
	const parts: string[] = [];
	let start: Spot = { at: 0, fence: null };
	while (start.at < text.length) {
		const { part, end } = sealedPart(text, lines, start, limit);
		const isOpen = isGrowing && end.at >= text.length;
		parts.push(isOpen ? (start.fence?.opening ?? '') + text.slice(start.at) : part);
		start = end;
	}
	return parts.filter((part) => part.trim() !== '');
}
