/**
 * The one text of a JSON value, as RFC 8785 defines it: the same for values that mean the same, so that a digest or a
 * signature over it can be computed again. Keys are sorted by UTF-16 code unit; a property that is undefined is left
 * out, as in JSON. Throws TypeError for what has no such text: undefined itself or in a list, numbers that are not
 * finite, bigints, functions, symbols, lone surrogates, what contains itself.
 */
export function canonicalJson(value: unknown): string {
	return textOf(value, []);
}

function textOf(value: unknown, around: readonly object[]): string {
	if (value === null || typeof value === 'boolean') return String(value);
	if (typeof value === 'number') return numberText(value);
	if (typeof value === 'string') return stringText(value);
	if (typeof value !== 'object') throw new TypeError(`${typeof value} has no canonical JSON`);
	if (around.includes(value)) throw new TypeError('a value that contains itself has no canonical JSON');
	const within = [...around, value];
	if (Array.isArray(value)) return `[${Array.from(value, (one: unknown) => textOf(one, within)).join(',')}]`;
	const entries = Object.entries(value)
		.filter(([, one]) => one !== undefined)
		.sort(([a], [b]) => (a < b ? -1 : 1));
	return `{${entries.map(([key, one]) => `${stringText(key)}:${textOf(one, within)}`).join(',')}}`;
}

/** RFC 8785 takes over how ECMAScript writes numbers and strings. */
function numberText(value: number): string {
	if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical JSON`);
	return JSON.stringify(value);
}

function stringText(value: string): string {
	if (!value.isWellFormed()) throw new TypeError('a text with half a character has no canonical JSON');
	return JSON.stringify(value);
}
