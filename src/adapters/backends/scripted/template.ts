const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

export function placeholdersOf(template: string): readonly string[] {
	return [...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
}

export function fill(template: string, values: Readonly<Record<string, string>>): string {
	return template.replace(PLACEHOLDER, (_, name: string) => values[name] ?? '');
}

/** Whether `text` can have been made from the template: every placeholder stands for any text. */
export function couldBe(template: string, text: string): boolean {
	const pieces = template.trim().split(/\{\{\s*\w+\s*\}\}/);
	const whole = text.trim();
	const [start = '', ...rest] = pieces;
	const end = rest.pop();
	if (end === undefined) return whole === start;
	if (!whole.startsWith(start) || !whole.endsWith(end)) return false;
	let at = start.length;
	for (const piece of rest) {
		const found = whole.indexOf(piece, at);
		if (found < 0) return false;
		at = found + piece.length;
	}
	return at <= whole.length - end.length;
}
