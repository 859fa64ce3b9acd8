import { BotError } from '../../../core/errors.ts';
import { createMarkdownLines } from './markdown-lines.ts';
import { closingAt, partEnd, type Spot } from './part-end.ts';

/** Room for a fence to be closed and opened again around something to read. */
const MIN_LIMIT = 64;

/**
 * Splits a Markdown text into parts of at most `limit` UTF-16 code units, in linear time. Code units are the most
 * that a platform which counts characters can count (Discord counts code points: discord-api-docs issue 1315; Slack
 * does not say), so a part is never too long. What is sent is what counts: make the text harmless first, then split.
 *
 * The parts put together are the text, apart from two things. A code fence that goes on in the next part, or that the
 * text leaves open, is closed by an added line and opened again by another with the same info string. And a part of
 * nothing but white space, which no platform takes, is left out. No part breaks a surrogate pair, CRLF, or what a
 * reader takes for one character, unless that alone is longer than a part.
 *
 * `isGrowing`: the text goes on, so the last part's fence is left open. What such a part says is the beginning of what
 * it says later, as long as it is the last.
 *
 * Fences inside of quotations, and signs of a fence that fill a part, are taken for text. Throws `bug` when `limit` is below 64.
 */
export function splitMarkdown(text: string, limit: number, isGrowing = false): readonly string[] {
	if (!Number.isInteger(limit) || limit < MIN_LIMIT) {
		throw new BotError('bug', `a part of a text must be allowed ${MIN_LIMIT} code units or more, not ${limit}`);
	}
	const lines = createMarkdownLines(text, limit);
	const parts: string[] = [];
	let start: Spot = { at: 0, fence: null };
	while (start.at < text.length) {
		const end = partEnd(text, lines, start, limit);
		const opening = start.fence?.opening ?? '';
		const closing = isGrowing && end.at >= text.length ? '' : closingAt(text, end);
		parts.push(opening + text.slice(start.at, end.at) + closing);
		start = end;
	}
	return parts.filter((part) => part.trim() !== '');
}
