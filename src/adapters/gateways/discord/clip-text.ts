const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text in at most `max` UTF-16 code units, with an ellipsis if it was longer; no character is cut apart. */
export function clipText(text: string, max: number): string {
	if (text.length <= max) return text;
	const start = segmenter.segment(text.slice(0, max * 2)).containing(max - 1)?.index ?? 0;
	const whole = start > 0 ? text.slice(0, start) : text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '');
	return `${whole.trimEnd()}…`;
}
