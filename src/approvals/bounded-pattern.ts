import { createContext, Script } from 'node:vm';

/** The longest that one test of a pattern may take, in milliseconds: a busy machine is no reason to ask people. */
const LIMIT_MS = 250;

const place = createContext(Object.assign(Object.create(null), { pattern: '', text: '' }));
const test = new Script('new RegExp(pattern, "u").test(text)');

/** Whether a text holds a match of a pattern. Throws when it is no pattern, and when finding out takes longer than 250 ms. */
export function holdsMatch(pattern: string, text: string): boolean {
	Object.assign(place, { pattern, text });
	return test.runInContext(place, { timeout: LIMIT_MS }) === true;
}

/** Whether a whole text matches a pattern. Throws as `holdsMatch` does. */
export const isMatch = (pattern: string, text: string): boolean => holdsMatch(`^(?:${pattern})$`, text);
