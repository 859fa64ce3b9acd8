/** No foreign text has it: `visibleText` takes it out. */
const EDGE = '\u0001';
/** Stands where the name of a person is to be put when a message is sent. */
const MARK = new RegExp(`${EDGE}([UW][A-Z0-9]+)${EDGE}`, 'g');

/** A person in a text, who is not mentioned by it: Slack rings for every mention. Null for what is no user id. */
export function personMark(user: string | null): string | null {
	return user !== null && /^[UW][A-Z0-9]+$/.test(user) ? `${EDGE}${user}${EDGE}` : null;
}

/** The persons in a value made of JSON, each once. */
export function personsIn(value: unknown): readonly string[] {
	const found = JSON.stringify(value).matchAll(/\\u0001([UW][A-Z0-9]+)\\u0001/g);
	return [...new Set([...found].map(([, user = '']) => user))];
}

/** The same value with names in the place of the marks. `nameOf` gives text that is safe in Slack's own markup. */
export function withNames<Value>(value: Value, nameOf: (user: string) => string): Value {
	if (typeof value === 'string') return value.replace(MARK, (_mark, user: string) => nameOf(user)) as Value;
	if (Array.isArray(value)) return value.map((one) => withNames(one, nameOf)) as Value;
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNames(inner, nameOf)])) as Value;
}
