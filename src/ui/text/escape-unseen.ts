/**
 * What a reader does not see, or what would deceive them about the order of what they see: control, format and private
 * characters, direction marks, blanks that are not the space, fillers. Line feeds stay.
 */
const UNSEEN = /(?:(?![\n ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800])+/gu;

/** A piece of a text as it can be shown: as it stands, or what is unseen in it as the escapes that JSON has for it. */
export interface Piece {
	text: string;
	isEscape: boolean;
}

/** The same text with nothing in it that is unseen. In JSON the escapes mean what they stand for. */
export function escapeUnseen(text: string): string {
	return text.replace(UNSEEN, escapesOf);
}

export function piecesOf(text: string): readonly Piece[] {
	const pieces: Piece[] = [];
	let done = 0;
	for (const match of text.matchAll(UNSEEN)) {
		if (match.index > done) pieces.push({ text: text.slice(done, match.index), isEscape: false });
		pieces.push({ text: escapesOf(match[0]), isEscape: true });
		done = match.index + match[0].length;
	}
	if (done < text.length) pieces.push({ text: text.slice(done), isEscape: false });
	return pieces;
}

const escapesOf = (unseen: string): string =>
	Array.from({ length: unseen.length }, (_, at) => `\\u${unseen.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
		'',
	);
