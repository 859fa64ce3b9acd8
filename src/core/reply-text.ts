import { revealedText } from './foreign-text.ts';

/** The most characters of one reply; what is longer goes on in the next, so that nothing is decided on unread. */
const REPLY = 3_000;

/** Text of a stranger, so that nothing in it can end the block or is unseen. */
export const quoted = (text: string): string => revealedText(text).replace(/^/gm, '    ');

/** A long text in replies that end between lines where they can. */
export function replyParts(text: string): string[] {
	const parts = [''];
	for (const line of text.split('\n')) {
		for (let rest = line; ; rest = `    ${rest.slice(REPLY)}`) {
			const last = parts.at(-1) ?? '';
			const piece = rest.slice(0, REPLY);
			if (last !== '' && last.length + piece.length >= REPLY) parts.push(piece);
			else parts[parts.length - 1] = last === '' ? piece : `${last}\n${piece}`;
			if (rest.length <= REPLY) break;
		}
	}
	return parts;
}
