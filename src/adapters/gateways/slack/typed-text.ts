const MARKUP = /<([^<>\n]*)>/g;

/** What a person typed, without Slack's own markup: links, names and escaped characters as they look. */
export function typedText(text: string): string {
	return text
		.replace(MARKUP, (whole, inside: string) => shownOf(inside) ?? whole)
		.replace(/&lt;/g, '<')
		.replace(/&gt;/g, '>')
		.replace(/&amp;/g, '&');
}

/** `#C1|general`, `@U1`, `!here`, `https://a.example|label`. Null: no markup of Slack's. */
function shownOf(inside: string): string | null {
	const [target = '', label] = inside.split('|', 2);
	if (/^#[CG][A-Z0-9]+$/.test(target) || /^@[UW][A-Z0-9]+$/.test(target))
		return `${target[0]}${label ?? target.slice(1)}`;
	if (target.startsWith('!')) return label ?? `@${target.slice(1).split('^')[0]}`;
	if (!/^(?:https?:|mailto:|tel:)/.test(target)) return null;
	if (label === undefined || label === '' || target.endsWith(label)) return target.replace(/^(?:mailto|tel):/, '');
	return `${label} (${target})`;
}
