import { isObject } from './json.ts';

const LIVE =
	/<!(?:channel|here|everyone)(?:\|[^>]*)?>|<!subteam\^[A-Z0-9]+(?:\|[^>]*)?>|<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g;

/** What would ping somebody in a text, those who may be mentioned left out. */
export function liveMentions(text: string, allowed: ReadonlySet<string>): string[] {
	return [...text.matchAll(LIVE)].filter(([, user]) => user === undefined || !allowed.has(user)).map(([all]) => all);
}

/** Elements whose words are shown as they are: what is escaped there would be seen escaped. */
const LITERAL = new Set(['plain_text', 'raw_text', 'raw_number', 'text', 'data_visualization']);
/** Fields that are plain words wherever they are, and what a button carries, which nobody sees. */
const PLAIN_FIELDS = new Set(['alt_text', 'caption', 'title', 'value', 'action_id', 'block_id', 'task_id', 'id']);

/** The same for blocks and chunks, rich text included. Plain text pings nobody. */
export function liveMentionsIn(value: unknown, allowed: ReadonlySet<string>): string[] {
	if (typeof value === 'string') return liveMentions(value, allowed);
	if (Array.isArray(value)) return value.flatMap((one) => liveMentionsIn(one, allowed));
	if (!isObject(value) || LITERAL.has(String(value.type))) return [];
	if (value.type === 'broadcast' || value.type === 'usergroup') return [JSON.stringify(value)];
	if (value.type === 'user') return allowed.has(String(value.user_id)) ? [] : [JSON.stringify(value)];
	return Object.entries(value).flatMap(([name, inner]) =>
		PLAIN_FIELDS.has(name) && typeof inner === 'string' ? [] : liveMentionsIn(inner, allowed),
	);
}
