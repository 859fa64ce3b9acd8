/**
 * Names are ordered and told apart by UTF-16 code unit; SQLite and Redis compare UTF-8 bytes, which cannot hold half
 * a surrogate pair. So every unit from 0xD800 up is kept as the code point 0xF0000 + unit: the order stays, nothing
 * collides, and all names without such units are readable where they are kept.
 */
const SHIFT = 0xf0000;

/** The text under which a kind, key or log name is kept. */
export const encodeName = (name: string): string =>
	name.replace(/[\ud800-\uffff]/g, (unit) => String.fromCodePoint(SHIFT + unit.charCodeAt(0)));

/** The inverse of `encodeName`. */
export const decodeName = (text: string): string =>
	text.replace(/[\u{fd800}-\u{fffff}]/gu, (shifted) => String.fromCharCode((shifted.codePointAt(0) ?? 0) - SHIFT));
