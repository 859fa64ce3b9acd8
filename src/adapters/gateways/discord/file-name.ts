/** A file name that every system takes, at most 60 characters: letters, digits and hyphens of what is given. */
export function fileName(...pieces: readonly string[]): string {
	const words = pieces.map((piece) => piece.replace(/[^\p{L}\p{N}.]+/gu, '-').replace(/^[-.]+|[-.]+$/g, ''));
	const name = words.filter((word) => word !== '').join('-');
	return `${[...name].slice(0, 50).join('') || 'answer'}.md`;
}
