import { visibleText } from '../shared/visible-text.ts';
import { clipText } from './clip-text.ts';

const link = /(https?:\/\/[^\s<>]+)/;
const marks = /[\\`*_~|<>[\]()#@]/g;

/**
 * Foreign text for one line of ours: names, titles, reasons. It is shown letter by letter: no Markdown, no mention, no
 * masked link. At most `max` characters before signs are escaped, so at most twice that.
 */
export function plainText(text: string, max: number): string {
	return clipText(visibleText(text).replace(/\s+/g, ' ').trim(), max)
		.split(link)
		.map((piece, index) => (index % 2 === 1 ? piece : piece.replace(marks, '\\$&')))
		.join('');
}

/** A person by the platform's id, as a mention; anybody else by name. */
export const personText = (user: string): string => (/^\d{15,21}$/.test(user) ? `<@${user}>` : plainText(user, 60));
