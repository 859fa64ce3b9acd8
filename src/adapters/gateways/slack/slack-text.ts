import { visibleText } from '../shared/visible-text.ts';

/** What Slack takes for a mention or for one of its own words. A date is none, but only we may write one. */
const LIVE = /<(?=@[UWB][A-Z0-9]|!(?:channel|here|everyone|subteam|date)\b)/gi;
/** The end of a text that could become live when the text goes on. */
const MAY_BECOME_LIVE = /<(?:[@!][a-z]{0,8})?$/i;

/**
 * Foreign Markdown that mentions nobody and hides nothing, for Slack's own Markdown fields. A mention is broken by a
 * space after its first sign, inside of code too; links stay as they are. The same for a second pass.
 */
export function foreignMarkdown(text: string): string {
	return visibleText(text).replace(LIVE, '< ');
}

/** The same for a text that is still being written: what it gives is the beginning of what a longer one gives. */
export function growingMarkdown(text: string): string {
	const whole = text.replace(/[\uD800-\uDBFF\r]$/, '').replace(MAY_BECOME_LIVE, '');
	return foreignMarkdown(whole);
}

/** Foreign text in one line, at most `limit` characters long, for fields that Slack shows as they are. */
export function foreignLine(text: string, limit: number): string {
	return clipped(foreignMarkdown(text).replace(/\s+/g, ' ').trim(), limit);
}

/** A text for fields that know Slack's own markup: nothing in it is a link, a mention or a date. */
export function escaped(text: string): string {
	return visibleText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** At most `limit` characters; what was cut is told by an ellipsis. No surrogate pair is broken. */
export function clipped(text: string, limit: number): string {
	if (text.length <= limit) return text;
	return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The point in time for people in their own time zone, as `3 minutes ago`, kept up to date by Slack itself. */
export function timeToken(at: number): string {
	const fallback = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
	return `<!date^${Math.floor(at / 1000)}^{ago}|${fallback}>`;
}
