import { isObject } from './json.ts';

const LIVE =
	/<!(?:channel|here|everyone)(?:\|[^>]*)?>|<!subteam\^[A-Z0-9]+(?:\|[^>]*)?>|<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g;

/** What would ping somebody in a text, those who may be mentioned left out. */
export function liveMentions(text: string, allowed: ReadonlySet<string>): string[] {
	return [...text.matchAll(LIVE)].filter(([, user]) => user === undefined || !allowed.has(user)).map(([all]) => all);
}

/** The same for blocks, rich text included. Plain text pings nobody, and what a button carries is not shown. */
export function liveMentionsIn(value: unknown, allowed: ReadonlySet<string>): string[] {
	if (typeof value === 'string') return liveMentions(value, allowed);
	if (Array.isArray(value)) return value.flatMap((one) => liveMentionsIn(one, allowed));
	if (!isObject(value) || value.type === 'plain_text') return [];
	if (value.type === 'broadcast' || value.type === 'usergroup') return [JSON.stringify(value)];
	if (value.type === 'user' && typeof value.user_id === 'string')
		return allowed.has(value.user_id) ? [] : [JSON.stringify(value)];
	// A leaf of rich text shows its text as it is: only its own elements ping.
	if (value.type === 'text') return [];
	const { value: _carried, ...shown } = value;
	return Object.values(shown).flatMap((one) => liveMentionsIn(one, allowed));
}
