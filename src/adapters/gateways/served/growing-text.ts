/** Between a text that was sent and another that has taken its place. */
const ANEW = '\n\n---\n\n';

/**
 * What is to be sent of a text that grows, each time it is told. A text that no longer begins with what was sent, because
 * the winner writes anew, follows whole after a line: what was sent cannot be taken back.
 */
export function createGrowingText(): (text: string, isWhole: boolean) => string {
	let current = '';
	return (text, isWhole) => {
		if (text.startsWith(current)) {
			const more = text.slice(current.length);
			current = text;
			return more;
		}
		// A new draft shorter than what was sent may be its beginning.
		if (!isWhole && current.startsWith(text)) return '';
		current = text;
		return `${ANEW}${text}`;
	};
}
