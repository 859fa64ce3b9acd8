const CONTROLS = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f';
/** What is not seen but read: soft hyphen, bidi controls, zero-width characters, fillers, variation selectors, tags. */
const INVISIBLE =
	'\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\u{e0000}-\\u{e0fff}';
const unseen = new RegExp(`[${CONTROLS}${INVISIBLE}]`, 'gu');

/**
 * Text of a stranger as a model may read it: without control characters and without what a person would not see.
 * Tabs and line feeds stay.
 */
export function visibleText(text: string): string {
	return wholeLines(text).replace(unseen, '');
}

/** Text of a stranger as a person should judge it: what is not seen is written out, as `<U+202E>`. */
export function revealedText(text: string): string {
	return wholeLines(text).replace(unseen, (found) => {
		const code = found.codePointAt(0) ?? 0;
		return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
	});
}

const wholeLines = (text: string) => text.toWellFormed().replace(/\r\n?/g, '\n');
