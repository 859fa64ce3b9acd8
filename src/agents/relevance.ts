import type { Tool } from '../core/tool.ts';

/** The usual constants of BM25: how soon repeating a word stops to count, and how much length is held against a text. */
const SATURATION = 1.2;
const LENGTH = 0.75;
/** A word of a tool's name says more than one of its description. */
const NAME = 3;
/** The most words of a query that are looked at. */
const QUERY = 500;
/** How deep a schema is read. */
const DEPTH = 8;

/** How well each tool fits a text, by Okapi BM25 over names, descriptions and parameters; 0: they share no word. */
export type Relevance = (query: string) => ReadonlyMap<string, number>;

export function relevanceOf(tools: readonly Tool[]): Relevance {
	const documents = tools.map((tool) => ({ name: tool.name, counts: countsOf(tool) }));
	const lengths = documents.map(({ counts }) => sum(counts.values()));
	const mean = sum(lengths) / Math.max(1, documents.length) || 1;
	const having = new Map<string, number>();
	for (const { counts } of documents) for (const word of counts.keys()) having.set(word, (having.get(word) ?? 0) + 1);
	const rarity = (word: string) => {
		const count = having.get(word) ?? 0;
		return Math.log(1 + (documents.length - count + 0.5) / (count + 0.5));
	};
	return (query) => {
		const words = [...new Set(wordsOf(query))].slice(0, QUERY);
		return new Map(
			documents.map(({ name, counts }, index) => {
				const long = 1 - LENGTH + (LENGTH * (lengths[index] ?? 0)) / mean;
				const scores = words.map((word) => {
					const count = counts.get(word) ?? 0;
					return (rarity(word) * count * (SATURATION + 1)) / (count + SATURATION * long);
				});
				return [name, sum(scores)];
			}),
		);
	};
}

function countsOf({ name, description, parameters }: Tool): ReadonlyMap<string, number> {
	const counts = new Map<string, number>();
	const add = (text: string, weight: number) => {
		for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + weight);
	};
	add(name, NAME);
	add(description, 1);
	for (const text of schemaTexts(parameters, DEPTH)) add(text, 1);
	return counts;
}

/** Names of properties and descriptions, wherever they stand in a schema. */
function schemaTexts(schema: unknown, depth: number): string[] {
	if (typeof schema !== 'object' || schema === null || depth === 0) return [];
	return Object.entries(schema).flatMap(([key, inner]) => {
		if (key === 'description') return typeof inner === 'string' ? [inner] : [];
		const names = key === 'properties' && typeof inner === 'object' && inner !== null ? Object.keys(inner) : [];
		return [...names, ...schemaTexts(inner, depth - 1)];
	});
}

/** Words without case and plural, those in `camelCase` and `snake_case` apart. */
function wordsOf(text: string): string[] {
	const apart = text.normalize('NFKC').replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2');
	const words = apart.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
	return words.map((word) => (word.length > 3 ? word.replace(/ies$/, 'y').replace(/(?<!s)s$/, '') : word));
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);
