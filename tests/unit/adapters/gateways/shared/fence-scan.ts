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

/**
 * Whether `parts` are, one after the other, the text from `at` on, once the fence lines that had to be added are taken
 * out. White space at its end may be missing.
 */
export function isWhole(text: string, parts: readonly string[], at = 0): boolean {
	const [part, ...others] = parts;
	if (part === undefined) return text.slice(at).trim() === '';
	const open = openFenceOf(text.slice(0, at));
	const bodies = open === null ? [part] : openingsOf(open).flatMap((line) => after(part, line));
	const owns = bodies.flatMap((body) => [
		body,
		body.replace(/\n?[ \t]*(`+|~+)$/, ''),
		body.replace(/[ \t]*(`+|~+)$/, ''),
	]);
	return owns.some((own) => text.startsWith(own, at) && isWhole(text, others, at + own.length));
}

function openingsOf({ indent, marker, info }: OpenFence): string[] {
	return [`${indent}${marker}${info.trimEnd()}\n`, `${indent}${marker}\n`];
}

function after(part: string, opening: string): string[] {
	return part.startsWith(opening) ? [part.slice(opening.length)] : [];
}
