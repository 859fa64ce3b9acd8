import { type ReactNode, useMemo } from 'react';
import { piecesOf } from './escape-unseen.ts';

/** From so many pieces on they are not marked any more, because each is an element; escaped they are all the same. */
const MAX_MARKS = 2_000;
/** A string of JSON. */
const STRING = /("(?:\\.|[^"\\\n])*")/;

/** A box of exact text that can be scrolled and cuts nothing. */
export function ExactBox({ label, children }: { label: string; children: ReactNode }) {
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset is for what can be filled in
		// biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys
		<pre className="exact" dir="ltr" role="group" aria-label={label} tabIndex={0}>
			{children}
		</pre>
	);
}

/**
 * Foreign text, character for character. What is unseen is shown as an escape, and each string of JSON is on its own,
 * so that one that is read from the right moves nothing around it.
 */
export function ExactText({ text, label }: { text: string; label: string }) {
	const parts = useMemo(() => partsOf(text), [text]);
	return <ExactBox label={label}>{parts}</ExactBox>;
}

/** The pieces of one line or text of `ExactText`. */
export function partsOf(text: string) {
	const strings = text.split(STRING);
	const pieces = strings.map((part, at) => ({ isString: at % 2 === 1, pieces: piecesOf(part) }));
	const count = pieces.reduce((sum, part) => sum + part.pieces.length, 0);
	if (count > MAX_MARKS) return <bdi>{pieces.flatMap((part) => part.pieces.map((piece) => piece.text)).join('')}</bdi>;
	return pieces.map((part, at) => {
		const shown = part.pieces.map((piece, index) =>
			// biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have nothing but their place
			piece.isEscape ? <mark key={index}>{piece.text}</mark> : piece.text,
		);
		// biome-ignore lint/suspicious/noArrayIndexKey: the same
		return part.isString ? <bdi key={at}>{shown}</bdi> : shown;
	});
}
