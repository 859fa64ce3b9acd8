import { distance } from 'fastest-levenshtein';

/** The candidate that `word` most likely meant, or null when none is near. Case does not count. */
export function closest(word: string, candidates: Iterable<string>): string | null {
	const wanted = word.toLowerCase();
	let best: string | null = null;
	let bestDistance = (wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))) + 1;
	for (const candidate of candidates) {
		const d = distance(wanted, candidate.toLowerCase());
		if (d < bestDistance) {
			best = candidate;
			bestDistance = d;
		}
	}
	return best;
}

/** `a`, `a or b`, `a, b or c`. */
export function anyOf(words: readonly string[]): string {
	const last = words.at(-1) ?? '';
	return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
