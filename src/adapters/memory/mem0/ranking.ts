import type { Item } from './item.ts';
import { wordsOf } from './words.ts';

/** BM25's usual constants: how soon a repeated word stops counting, and how much long texts are held back. */
const K = 1.2;
const B = 0.75;

export interface Ranked {
	item: Item;
	score: number;
}

const byScore = (a: Ranked, b: Ranked) => b.score - a.score;

/** Cosine with every item; 0 for those whose vector is of another embedder or is missing. */
export function byMeaning(items: Iterable<Item>, query: Float32Array | null, embedder: string): Ranked[] {
	const ranked: Ranked[] = [];
	for (const item of items) {
		const comparable = query !== null && item.embedder === embedder && item.vector?.length === query.length;
		ranked.push({ item, score: comparable && item.vector !== null ? dot(item.vector, query) : 0 });
	}
	return ranked.sort(byScore);
}

/** BM25 of the items that share a word with the query. */
export function byWords(items: Iterable<Item>, query: string): Ranked[] {
	const all = [...items];
	const terms = [...wordsOf(query).keys()];
	const mean = all.reduce((sum, { length }) => sum + length, 0) / Math.max(1, all.length) || 1;
	const weights = terms.map((term) => {
		const having = all.reduce((count, { words }) => count + (words.has(term) ? 1 : 0), 0);
		return { term, weight: Math.log(1 + (all.length - having + 0.5) / (having + 0.5)) };
	});
	const ranked = all.map((item) => {
		const norm = K * (1 - B + (B * item.length) / mean);
		const score = weights.reduce((sum, { term, weight }) => {
			const count = item.words.get(term) ?? 0;
			return count === 0 ? sum : sum + (weight * count * (K + 1)) / (count + norm);
		}, 0);
		return { item, score };
	});
	return ranked.filter(({ score }) => score > 0).sort(byScore);
}

function dot(a: Float32Array, b: Float32Array): number {
	let sum = 0;
	for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
	return sum;
}
