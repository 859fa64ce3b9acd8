/** A code fence as a plain reader of Markdown finds it: what opened it, line by line, without looking at lengths. */
export interface OpenFence {
	indent: string;
	marker: string;
	info: string;
}

/** The fence that is open at the end of `text`, or null. Written to check the splitter, so it shares nothing with it. */
export function openFenceOf(text: string): OpenFence | null {
	let open: OpenFence | null = null;
	for (const line of text.split(/\r?\n/)) {
		const [, indent = '', marker, info = ''] = /^([ \t]*)(`{3,}(?=[^`]*$)|~{3,})(.*)$/.exec(line) ?? [];
		if (marker === undefined) continue;
		if (open === null) open = { indent, marker, info };
		else if (closes(open, indent, marker, info)) open = null;
	}
	return open;
}

function closes(open: OpenFence, indent: string, marker: string, info: string): boolean {
	const near = widthOf(indent) <= widthOf(open.indent) + 3;
	return near && marker[0] === open.marker[0] && marker.length >= open.marker.length && info.trim() === '';
}

const widthOf = (indent: string) => indent.replaceAll('\t', '    ').length;

/**
 * `parts` without the fence lines that were added, given the text they come from. Throws when a part is anything else
 * than the next piece of the text between such lines; white space that fills a part alone may be missing.
 */
export function takenApart(text: string, parts: readonly string[]): string[] {
	let at = 0;
	return parts.map((part) => {
		let body = part;
		const open = openFenceOf(text.slice(0, at));
		const inside = open !== null && (text[at - 1] !== '\n' || !part.startsWith(text.slice(at, at + part.length)));
		if (open !== null && (inside || part !== text.slice(at, at + part.length))) body = withoutOpening(part, open);
		while (!isNext(text, at, body) && text.slice(at, at + 1).trim() === '' && at < text.length) at += 1;
		const own = isNext(text, at, body) && text.startsWith(body, at) ? body : withoutClosing(text, at, body);
		at += own.length;
		return own;
	});
}

function withoutOpening(part: string, { indent, marker, info }: OpenFence): string {
	const whole = `${indent}${marker}${info.trimEnd()}\n`;
	const short = `${indent}${marker}\n`;
	const opening = [whole, short].find((line) => part.startsWith(line));
	if (opening === undefined) throw new Error(`the fence is not opened again by ${JSON.stringify(part.slice(0, 60))}`);
	return part.slice(opening.length);
}
