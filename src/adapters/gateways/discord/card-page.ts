import type { Say } from '../../../core/say.ts';

/** The name of a page of a card: the approval's id, and from the second page on its number. */
const pageName = (approval: string, page: number): string => `\`${approval}${page === 0 ? '' : `#${page}`}\``;

/** The last line of a page. */
export const pageLine = (approval: string, page: number, say: Say): string =>
	`-# ${say('card.request', { id: pageName(approval, page) })}`;

/** Whether a message is the page of a card that a slot's key (`approval:<id>#<page>`) names. */
export function showsPage(content: string, key: string): boolean {
	const [approval = '', page = '0'] = key.slice('approval:'.length).split('#');
	return content.includes(pageName(approval, Number(page)));
}
