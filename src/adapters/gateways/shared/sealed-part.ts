import { breaksOf } from './break-line.ts';
import { createMarkdownLines, type Fence, type MarkdownLines } from './markdown-lines.ts';
import { closingAt, partEnd, type Spot } from './part-end.ts';

export interface SealedPart {
	/** With its added signs. */
	part: string;
	/** Where the next part begins, and what it has to open again. */
	end: Spot;
}

/**
 * The part that begins at `start`, read by itself as its reader will: where a line had to be broken, its pieces may
 * look like fences that the whole line is not, or hide those that it is. What then is open at the end is closed, and
 * if there is no room for that, the part is made shorter.
 */
export function sealedPart(text: string, lines: MarkdownLines, start: Spot, limit: number): SealedPart {
	const opening = start.fence?.opening ?? '';
	const rest = text.length - start.at + opening.length <= limit ? opening + text.slice(start.at) : null;
	if (rest !== null && openIn(rest, limit) === null) return { part: rest, end: { at: text.length, fence: null } };
	let end = partEnd(text, lines, start, limit);
	for (;;) {
		const body = opening + text.slice(start.at, end.at);
		const planned = body + closingAt(text, end);
		const isSealed = end.fence?.opening !== '' && openIn(planned, limit) === null;
		const part = isSealed ? planned : closed(body, limit);
		if (part.length <= limit) return { part, end: continued(end) };
		// Signs that are left out are needed once less at the end too.
		const length = Math.max(1, end.at - start.at - Math.ceil((part.length - limit) / 2));
		end = spotAt(lines, start, characterBefore(text, start.at, start.at + length));
	}
}

/** The fence that a reader of this text alone finds open at its end. */
function openIn(text: string, limit: number): Fence | null {
	if (!text.includes('```') && !text.includes('~~~')) return null;
	const lines = createMarkdownLines(text, limit);
	let spot: Spot = { at: 0, fence: null };
	while (spot.at < text.length) {
		const line = lines.lineAt(spot.at, spot.fence);
		spot = { at: line.end, fence: line.after };
	}
	return spot.fence;
}

function closed(body: string, limit: number): string {
	return body + closingAt(body, { at: body.length, fence: openIn(body, limit) });
}

function continued({ at, fence }: Spot): Spot {
	return { at, fence: fence?.opening === '' ? null : fence };
}

/** What is open at a position behind `start`. */
function spotAt(lines: MarkdownLines, start: Spot, at: number): Spot {
	let spot = start;
	for (;;) {
		const line = lines.lineAt(spot.at, spot.fence);
		if (line.end >= at) return { at, fence: line.after };
		spot = { at: line.end, fence: line.after };
	}
}

function characterBefore(text: string, start: number, to: number): number {
	return breaksOf(text, { start, from: start + 1, to }).anywhere();
}
