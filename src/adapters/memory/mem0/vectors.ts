import { BotError } from '../../../core/errors.ts';
import type { MemorySource } from '../../../core/memory.ts';
import { type Filters, passes } from './filters.ts';
import { type Item, newItem, unitVector } from './item.ts';
import { checkSpace, currentJob } from './job.ts';
import { byMeaning, byWords, type Ranked } from './ranking.ts';
import type { Shelves } from './shelves.ts';
import { fingerprint } from './words.ts';

/** Most that are found by their words alone, beside those found by meaning. */
const MOST_BY_WORDS = 40;

interface Found {
	id: string;
	payload: Record<string, unknown>;
	score?: number;
}

/** The part of mem0's interface for vector stores that it calls. */
export interface Vectors {
	insert(vectors: readonly (readonly number[])[], ids: readonly string[], payloads: readonly Filters[]): Promise<void>;
	search(query: readonly number[], topK?: number, filters?: Filters): Promise<Found[]>;
	keywordSearch(query: string, topK?: number, filters?: Filters): Promise<Found[]>;
	get(id: string): Promise<Found | null>;
	update(id: string, vector: readonly number[], payload: Filters): Promise<void>;
	delete(id: string): Promise<void>;
	deleteCol(): Promise<void>;
	list(filters?: Filters, topK?: number): Promise<[Found[], number]>;
	getUserId(): Promise<string>;
	setUserId(id: string): Promise<void>;
	initialize(): Promise<void>;
}

/** What anyone may have written stands beside what a person here wrote down, never in its place. */
const mayReplace = (by: MemorySource, old: MemorySource | undefined) => by.trust !== 'foreign' || old?.trust !== 'said';

const found = ({ item, score }: Ranked): Found => ({ id: item.id, payload: { ...item.payload }, score });

/** Vectors and payloads in our own store, under the space of the job. Every filter is honoured or refused. */
export function createVectors(shelves: Shelves, embedder: string): Vectors {
	const matching = async (filters: Filters = {}): Promise<Item[]> => {
		const job = currentJob();
		checkSpace(job, filters.user_id);
		const { items } = await shelves.read(job.space);
		return [...items.values()].filter(({ payload }) => passes(payload, filters));
	};

	const itemFor = (id: string, numbers: readonly number[], payload: Filters, usedAt: number | null): Item => {
		checkSpace(currentJob(), payload.user_id);
		const vector = unitVector(numbers);
		return newItem({ id, payload, vector, embedder: vector === null ? null : embedder, usedAt });
	};

	return {
		async insert(vectors, ids, payloads) {
			const job = currentJob();
			const items = payloads.map((payload, index) => itemFor(ids[index] ?? '', vectors[index] ?? [], payload, null));
			const writing = shelves.write(job.space, ({ items: before }) => {
				const drop = items.flatMap(({ payload }) => {
					const ids = job.replaces.get(payload.data) ?? [];
					return ids.filter((id) => mayReplace(payload.source, before.get(id)?.payload.source));
				});
				const known = new Set<string>();
				for (const { id, payload } of before.values()) if (!drop.includes(id)) known.add(fingerprint(payload.data));
				const put = items.filter(({ payload }) => {
					const print = fingerprint(payload.data);
					const isNew = !known.has(print);
					known.add(print);
					return isNew;
				});
				job.written = put.map(({ id }) => id);
				job.replaced = drop.flatMap((id) => before.get(id)?.payload.data ?? []);
				return { put, drop };
			});
			// mem0 would try each by itself, and then go on without.
			await writing.catch((error: unknown) => {
				job.failure = { error };
			});
		},
		async search(query, topK = 20, filters) {
			const job = currentJob();
			const items = await matching(filters);
			const ranked = byMeaning(items, unitVector(query), embedder);
			// mem0 scores only what is in here, so what is found by its words alone must be, too.
			const words = byWords(items, job.question).slice(0, Math.min(topK, MOST_BY_WORDS));
			const wanted = new Set(words.map(({ item }) => item.id));
			const chosen = ranked.filter(({ item, score }, index) => (index < topK && score > 0) || wanted.has(item.id));
			job.shown = chosen.map(({ item }) => item.id);
			return chosen.map(found);
		},
		async keywordSearch(_stems, topK = 20, filters) {
			const { question } = currentJob();
			return byWords(await matching(filters), question)
				.slice(0, topK)
				.map(found);
		},
		async get(id) {
			const { items } = await shelves.read(currentJob().space);
			const item = items.get(id);
			return item === undefined ? null : { id, payload: { ...item.payload } };
		},
		async update(id, vector, payload) {
			await shelves.write(currentJob().space, ({ items }) => {
				const before = items.get(id);
				return before === undefined ? {} : { put: [itemFor(id, vector, payload, before.usedAt)] };
			});
		},
		async delete(id) {
			await shelves.write(currentJob().space, () => ({ drop: [id] }));
		},
		async deleteCol() {
			throw new BotError('bug', 'mem0 wanted to delete the memories of everybody');
		},
		async list(filters, topK = 100) {
			const items = await matching(filters);
			return [items.slice(0, topK).map(({ id, payload }) => ({ id, payload: { ...payload } })), items.length];
		},
		getUserId: async () => 'massgen',
		setUserId: async () => {},
		initialize: async () => {},
	};
}
