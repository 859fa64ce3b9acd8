/** Where a line may be broken, and how. Positions in UTF-16 code units, counted in the text. */
export interface LineRange {
	/** A boundary between characters in front of the line's first possible break. */
	start: number;
	/** First and last position for the break. */
	from: number;
	to: number;
}

export interface Breaks {
	/** The last one after a sentence, at `least` or later. */
	sentence(least: number): number | null;
	/** The last one after a space, at `least` or later. */
	word(least: number): number | null;
	/** The last one between two characters. */
	character(): number | null;
	/** The last one of all: between two code points if a single character fills the whole range. */
	anywhere(): number;
}

const sentenceEnd = /[.!?…]+["'”’»)\]*_]*[ \t]+|[。！？]+[”’」』）]*[ \t\u3000]*/g;
/** What a fence begins with; bounded, because it is looked for at many positions. */
const fence = /[ \t]{0,1000}(?:`{3}|~{3})/y;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Looks for places to break a line. None is inside of what a reader takes for one character (an emoji sequence, a
 * flag, a letter with its marks, CRLF), and none but `anywhere` makes the rest of the line begin with a fence.
 */
export function breaksOf(text: string, { start, from, to }: LineRange): Breaks {
	let segments: Intl.Segments | null = null;

	/** The start of the character that `position` is in. */
	function characterAt(position: number): number {
		if (isPlain(text, position)) return position;
		segments ??= segmenter.segment(text.slice(start, to + 2));
		return start + (segments.containing(position - start)?.index ?? position - start);
	}

	const isFree = (position: number) => !beginsFence(text, position) && characterAt(position) === position;

	return {
		sentence(least) {
			const first = Math.max(least, from);
			const ends = [...text.slice(first, to).matchAll(sentenceEnd)].map(
				({ index, 0: end }) => first + index + end.length,
			);
			return ends.findLast(isFree) ?? null;
		},
		word(least) {
			const first = Math.max(least, from);
			for (let position = to; position >= first; position -= 1) {
				const ends = isSpace(text[position - 1]) && (position === to || !isSpace(text[position]));
				if (ends && isFree(position)) return position;
			}
			return null;
		},
		character() {
			let position = characterAt(to);
			while (position >= from && beginsFence(text, position)) {
				const visible = text.slice(from, position).trimEnd().length;
				position = characterAt(from + visible - 1);
			}
			return position >= from && position > start ? position : null;
		},
		anywhere() {
			const position = characterAt(to);
			if (position > start) return position;
			return isLow(text, to) ? to - 1 : to;
		},
	};
}

function isSpace(character: string | undefined): boolean {
	return character === ' ' || character === '\t' || character === '\u3000';
}

function beginsFence(text: string, position: number): boolean {
	fence.lastIndex = position;
	return fence.test(text);
}

/** Two ASCII characters are never one for a reader, CRLF apart. */
function isPlain(text: string, position: number): boolean {
	const before = text.charCodeAt(position - 1);
	const after = text.charCodeAt(position);
	return position >= text.length || (before < 0x80 && after < 0x80 && !(before === 13 && after === 10));
}

function isLow(text: string, position: number): boolean {
	const code = text.charCodeAt(position);
	return code >= 0xdc00 && code <= 0xdfff;
}
