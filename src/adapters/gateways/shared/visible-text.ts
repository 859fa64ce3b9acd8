/** What is left of C0 and C1, but tab and line feed. */
const CONTROLS = '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]';
/** Invisible characters that change the direction of text or hide text: bidi controls, zero-width space, BOM, tags. */
const INVISIBLE = '[\\u061c\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\u{e0000}-\\u{e007f}]';

const unseen = new RegExp(`${CONTROLS}|${INVISIBLE}`, 'gu');

/**
 * Foreign text without what a reader does not see or what would deceive them about its order. New lines and tabs
 * stay, and what joins emoji. Text is the same for a second pass.
 */
export function visibleText(text: string): string {
	const lines = text.toWellFormed().replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n');
	return lines.replace(unseen, '');
}
