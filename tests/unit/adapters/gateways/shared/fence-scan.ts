/** A code fence as a plain reader of Markdown finds it. */
export interface OpenFence {
	indent: string;
	marker: string;
	info: string;
}

/** The fence that is open at the end of `text`, or null. It checks the splitter, so it shares nothing with it. */
export function openFenceOf(text: string): OpenFence | null {
	let open: OpenFence | null = null;
	for (const line of text.split(/\r?\n/)) {
		const [, indent = '', marker, info = ''] = /^([ \t]*)(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
		if (marker === undefined) continue;
		if (open !== null) open = closes(open, indent, marker, info) ? null : open;
		else if (marker.startsWith('~') || !info.includes('`')) open = { indent, marker, info };
	}
	return open;
}

function closes(open: OpenFence, indent: string, marker: string, info: string): boolean {
	const near = widthOf(indent) <= widthOf(open.indent) + 3;
	return near && marker[0] === open.marker[0] && marker.length >= open.marker.length && info.trim() === '';
}

const widthOf = (indent: string) => indent.replaceAll('\t', '    ').length;

/** How far the parts so far reach into the text, and the code that the last one may have left open. */
interface Reach {
	at: number;
	open: readonly OpenFence[];
}

/**
 * Whether `parts` are the text, one after the other, once the signs that had to be added are taken out: at the end of
 * a part those that close code, at the beginning of the next those that open it again. What is taken out there must
 * be of code that is open, in the text or for a reader of the part before. White space alone may be missing.
 */
export function isWhole(text: string, parts: readonly string[]): boolean {
	let reached: Reach[] = [{ at: 0, open: [] }];
	const openAt = remembered((at) => openAtEndOf(text.slice(0, at)));
	for (const part of parts) {
		const from = distinct(reached.flatMap((reach) => gapsAt(text, reach)));
		reached = distinct(from.flatMap((reach) => reachesOf(text, part, reach, openAt)));
	}
	return reached.some(({ at }) => text.slice(at).trim() === '');
}

const distinct = (reaches: readonly Reach[]): Reach[] => [
	...new Map(reaches.map((reach) => [JSON.stringify(reach), reach])).values(),
];

/** With any white space left out, of which parts may have consisted. */
function gapsAt(text: string, { at, open }: Reach): Reach[] {
	const blank = /\s*/y;
	blank.lastIndex = at;
	const length = blank.exec(text)?.[0].length ?? 0;
	return Array.from({ length: length + 1 }, (_, count) => ({ at: at + count, open }));
}

function remembered<Value>(find: (at: number) => Value): (at: number) => Value {
	const known = new Map<number, Value>();
	return (at) => {
		const value = known.get(at) ?? find(at);
		known.set(at, value);
		return value;
	};
}

function reachesOf(text: string, part: string, { at, open }: Reach, openAt: (at: number) => OpenFence[]): Reach[] {
	const known = [...open, ...openAt(at)];
	const openings = ['', ...known.flatMap(openingsOf)].filter((opening) => part.startsWith(opening));
	return [...new Set(openings)].flatMap((opening) =>
		bodiesOf(part, opening)
			.filter((body) => text.startsWith(body, at))
			.map((body) => ({ at: at + body.length, open: openAtEndOf(opening + body) })),
	);
}

/** The fence that is open at the end of `text`, that of its last line's beginning, and the span that begins there. */
function openAtEndOf(text: string): OpenFence[] {
	const line = text.lastIndexOf('\n') + 1;
	const [, indent, marker] = /^([ \t]*)(`{3,})/.exec(text.slice(line)) ?? [];
	const span = indent === undefined || marker === undefined ? null : { indent, marker, info: '' };
	return [openFenceOf(text), openFenceOf(text.slice(0, line)), span].filter((one) => one !== null);
}

/** What the part may hold of the text, if it was opened so. */
function bodiesOf(part: string, opening: string): string[] {
	const rest = part.slice(opening.length);
	const fenced = [/\n[ \t]*(`{3,}|~{3,})$/, /[ \t]*(`{3,}|~{3,})$/].map((closing) => rest.replace(closing, ''));
	const ends = openAtEndOf(part).map(({ marker }) => marker);
	const spans = ends.filter((marker) => rest.endsWith(marker)).map((marker) => rest.slice(0, -marker.length));
	return [...new Set([rest, ...fenced, ...spans])];
}

function openingsOf({ indent, marker, info }: OpenFence): string[] {
	return [`${indent}${marker}${info.trimEnd()}\n`, `${indent}${marker}\n`, `${indent}${marker}`];
}
