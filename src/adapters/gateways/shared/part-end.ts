import { breaksOf } from './break-line.ts';
import type { Fence, LineType, MarkdownLine, MarkdownLines } from './markdown-lines.ts';

/** A position in the text, and the fence that is open there. */
export interface Spot {
	at: number;
	fence: Fence | null;
}

type Kind = 'paragraph' | 'line' | 'code' | 'tight';
/** The last spots between two lines at which the part could end. */
type Between = Partial<Record<Kind, Spot>>;

/** Added at the end of a part to close the code that is open there. */
export function closingAt(text: string, { at, fence }: Spot): string {
	if (fence === null) return '';
	if (fence.spanEnd !== null) return fence.closing;
	return text[at - 1] === '\n' ? fence.closing : `\n${fence.closing}`;
}

/**
 * Where the part that begins at `start` ends, so that with its added fence lines it has at most `limit` code units.
 * A fence block that fits into a part is kept whole. Else the part ends, if that fills it by half, after a paragraph,
 * a line, a line of code, a sentence or a word, in this order; otherwise wherever least is torn apart.
 */
export function partEnd(text: string, lines: MarkdownLines, start: Spot, limit: number): Spot {
	const room = start.at + limit - (start.fence?.opening.length ?? 0);
	const fits = (spot: Spot) => spot.at + closingAt(text, spot).length <= room;
	const between: Between = {};
	let here = start;
	let before: LineType = 'blank';
	let visible = false;
	let block: Spot | null = null;
	let full: { here: Spot; line: MarkdownLine } | null = null;
	for (;;) {
		const line = lines.lineAt(here.at, here.fence);
		if (visible && fits(here)) between[kindOf(before, line.type, here.fence)] = here;
		if (line.type === 'open') block = visible ? here : null;
		const next: Spot = { at: line.end, fence: line.after };
		full = fits(next) ? null : (full ?? { here, line });
		if (full === null && line.end >= text.length) return next;
		if (full !== null && (line.end > room || line.end >= text.length)) break;
		visible ||= line.type !== 'blank';
		if (before !== 'heading' || line.type !== 'blank') before = line.type;
		here = next;
	}
	if (full.here.fence !== null && block !== null && blockFits(text, lines, block, limit)) return block;
	return chosen(text, { ...full, start, room, between });
}

interface Overflow {
	/** The line that does not fit, and where it begins. */
	line: MarkdownLine;
	here: Spot;
	start: Spot;
	/** Where the part ends at the latest, if it closes no fence. */
	room: number;
	between: Between;
}

function chosen(text: string, { line, here, start, room, between }: Overflow): Spot {
	const half = Math.ceil((start.at + room) / 2);
	const enough = [between.paragraph, between.line, between.code].find((spot) => spot !== undefined && spot.at >= half);
	if (enough !== undefined) return enough;
	const spots = [between.paragraph, between.line, between.code].filter((spot) => spot !== undefined);
	const latest = spots.toSorted((a, b) => b.at - a.at)[0];
	const edge = line.type === 'open' || line.type === 'close';
	const above = latest ?? between.tight;
	if (edge && above !== undefined) return above;
	// A code span is broken only where its line cannot have a part of its own.
	const span = here.at === start.at && line.solid > room ? line.span : null;
	const fenceAt = (at: number) => (span === null ? line.after : at <= (span.fence.spanEnd ?? at) ? span.fence : null);
	const to = Math.min(line.end, room - reserve(span?.fence ?? line.after));
	const visible = start.at + text.slice(start.at, to).search(/\S/);
	const from = Math.max(span?.solid ?? line.solid, here.at + 1, visible + 1);
	const inside = (at: number | null): Spot | null => (at === null ? null : { at, fence: fenceAt(at) });
	const breaks = breaksOf(text, { start: here.at, from, to });
	return (
		(line.after === null ? inside(breaks.sentence(half)) : null) ??
		inside(breaks.word(half)) ??
		latest ??
		inside(breaks.word(from)) ??
		inside(breaks.character()) ??
		between.tight ??
		inside(here.at > start.at ? null : breaks.anywhere()) ??
		here
	);
}

/** Most that it takes to close this at the end of a part; for what is too long to be repeated, no room can be kept. */
function reserve(fence: Fence | null): number {
	return fence === null || fence.opening === '' ? 0 : fence.closing.length + 1;
}

function kindOf(before: LineType, next: LineType, fence: Fence | null): Kind {
	if (before === 'open' || before === 'heading' || next === 'close') return 'tight';
	if (fence !== null) return 'code';
	return before === 'blank' || before === 'close' || next === 'open' ? 'paragraph' : 'line';
}

function blockFits(text: string, lines: MarkdownLines, block: Spot, limit: number): boolean {
	let spot = block;
	do {
		const line = lines.lineAt(spot.at, spot.fence);
		spot = { at: line.end, fence: line.after };
	} while (spot.fence !== null && spot.at < text.length && spot.at - block.at <= limit);
	return spot.at + closingAt(text, spot).length - block.at <= limit;
}
