/** English words that say nothing about what a text is about. */
const EMPTY = new Set(
	(
		'a an the and or but if of to in on at by for from with as is are was were be been being it its this that these ' +
		'those i we you he she they our your their his her us them me my do does did have has had what which who when ' +
		'where why how can could should would will shall may might must not no so than then there here about into over'
	).split(' '),
);

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu;

/**
 * The words of a text that can be looked for, by their stems, with how often each occurs. Scripts that put no space
 * between words give pairs of neighbouring signs.
 */
export function wordsOf(text: string): Map<string, number> {
	const words = new Map<string, number>();
	const count = (word: string) => words.set(word, (words.get(word) ?? 0) + 1);
	const lower = text.toLowerCase();
	for (const stretch of lower.match(CJK) ?? []) for (const pair of pairsOf(stretch)) count(pair);
	for (const word of lower.replace(CJK, ' ').match(/[\p{L}\p{N}]+/gu) ?? []) if (!EMPTY.has(word)) count(stem(word));
	return words;
}

/** The same for texts that say the same in the same words; empty for a text without words. */
export function fingerprint(text: string): string {
	return [...wordsOf(text)]
		.map(([word, count]) => `${word} ${count}`)
		.sort()
		.join('\n');
}

function pairsOf(stretch: string): string[] {
	const signs = [...stretch];
	return signs.length === 1 ? signs : signs.slice(1).map((sign, index) => `${signs[index] ?? ''}${sign}`);
}

/** Without the commonest English endings. */
function stem(word: string): string {
	if (word.length < 5 || /\d/.test(word)) return word.length > 3 ? word.replace(/(?<![su])s$/, '') : word;
	return word
		.replace(/(?:ies|ied)$/, 'y')
		.replace(/(?<=[^aeiou]{1}|.{3})(?:ing|ed|es)$/, '')
		.replace(/(?<![su])s$/, '')
		.replace(/e$/, '');
}
