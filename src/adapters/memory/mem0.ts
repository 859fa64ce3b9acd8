import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import {
	type KeptMemory,
	type Lesson,
	type MemoryEngine,
	type MemoryQuery,
	type MemorySource,
	type MemorySpace,
	placeOf,
} from '../../core/memory.ts';
import type { Store } from '../../core/store.ts';
import type { Embedder } from './mem0/embedder.ts';
import { memoryOf, unitVector } from './mem0/item.ts';
import { during, type Job, newJob } from './mem0/job.ts';
import { loadMem0 } from './mem0/load.ts';
import { createShelves } from './mem0/shelves.ts';

/**
 * How near in meaning (a cosine) a memory must be that shares no word with the question. The local embedder puts
 * unrelated sentences at up to 0.3, and related ones from 0.2 on: only a few of the doubtful ones are taken.
 */
const NEAR = 0.32;
const DOUBTFUL = 0.2;
const MOST_DOUBTFUL = 2;
/** Memories that get a new vector in one commit: each makes the other processes read the space again. */
const RENEWED_AT_ONCE = 200;

const detailsSchema = z.object({ score_details: z.object({ semanticScore: z.number(), bm25Score: z.number() }) });

export interface Mem0Options {
	store: Store;
	clock: Clock;
	embedder: Embedder;
	/** Most memories of one space. */
	most: number;
	/** mem0's own folder is made in it. */
	dataDir: string;
	/** Something went wrong that memories can do without. */
	onProblem(error: unknown): void;
}

/**
 * Memories through mem0: it makes facts of a run, and finds them again by meaning and by words. Vectors, texts and
 * histories are records of our store. mem0 is loaded with the first search in a space that is not empty.
 */
export function createMem0Memory(options: Mem0Options): MemoryEngine {
	const { store, clock, embedder, most, onProblem } = options;
	const shelves = createShelves({ store, clock, most });
	let opening: ReturnType<typeof loadMem0> | null = null;
	const open = () => {
		opening ??= loadMem0({ shelves, embedder, onProblem }, options.dataDir);
		opening.catch(() => {
			opening = null;
		});
		return opening;
	};

	const metadataOf = (source: MemorySource) => ({
		...{ source, place: placeOf(source.session), run: source.run },
		keptAt: clock.now(),
	});

	const kept = async ({ space, written }: Job): Promise<KeptMemory[]> => {
		const { items } = await shelves.read(space);
		return written.flatMap((id) => {
			const item = items.get(id);
			return item === undefined ? [] : [memoryOf(item)];
		});
	};

	return {
		async learn(space, { question, answer, source }: Lesson, ask, signal) {
			const mem0 = await open();
			const job = newJob(space, { question: `${question}\n${answer}`, ask, signal });
			const messages = [
				{ role: 'user', content: question },
				{ role: 'assistant', content: answer },
			];
			await shelves.write(space, () => ({ calls: 1 }));
			await during(job, () => mem0.add(messages, { userId: space.id, metadata: metadataOf(source) }));
			return { kept: await kept(job), replaced: job.replaced };
		},
		async keep(space, text, source) {
			const mem0 = await open();
			const job = newJob(space, { question: text, texts: new Set([text]) });
			const given = { userId: space.id, metadata: metadataOf(source), infer: false };
			await during(job, () => mem0.add([{ role: 'user', content: text }], given));
			return (await kept(job))[0] ?? null;
		},
		async search(space, { question, limit, places, besides = [] }: MemoryQuery) {
			if ((await shelves.read(space)).items.size === 0) return [];
			const mem0 = await open();
			const filters = {
				user_id: space.id,
				...(places === undefined ? {} : { place: { in: [...places] } }),
				...(besides.length === 0 ? {} : { run: { nin: [...besides] } }),
			};
			const search = () => mem0.search(question, { filters, topK: limit, threshold: 0, explain: true });
			const { results } = await during(newJob(space, { question }), search);
			const { items } = await shelves.read(space);
			return relevant(results).flatMap((id) => {
				const item = items.get(id);
				return item === undefined ? [] : [memoryOf(item)];
			});
		},
		async list(space) {
			const { items } = await shelves.read(space);
			return [...items.values()].map(memoryOf).sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
		},
		async edit(space, id, text, source) {
			if (!(await shelves.read(space)).items.has(id)) return null;
			const mem0 = await open();
			const job = newJob(space, { question: text, texts: new Set([text]), written: [id] });
			await during(job, () => mem0.update(id, { text, metadata: metadataOf(source) }));
			return (await kept(job))[0] ?? null;
		},
		async remove(space, ids, why) {
			let gone = 0;
			await shelves.write(space, ({ items }) => {
				const drop = ids.filter((id) => items.has(id));
				gone = drop.length;
				return { drop, expired: why === 'expired' ? gone : 0 };
			});
			return gone;
		},
		counts: shelves.counts,
		used: shelves.used,
		spaces: shelves.spaces,
		async warmUp() {
			for await (const space of shelves.spaces()) {
				if ((await shelves.counts(space)).count === 0) continue;
				await Promise.all([open(), embedder.load()]);
				return;
			}
		},
		async renew(signal) {
			let renewed = 0;
			for await (const space of shelves.spaces()) renewed += await renewSpace(space, signal);
			return renewed;
		},
	};

	async function renewSpace(space: MemorySpace, signal: AbortSignal): Promise<number> {
		let renewed = 0;
		const { items: before } = await shelves.read(space);
		const stale = [...before.values()].filter(({ embedder: made }) => made !== embedder.id);
		while (stale.length > 0 && !signal.aborted) {
			const made = new Map<string, { text: string; vector: Float32Array }>();
			for (const { id, payload } of stale.splice(0, RENEWED_AT_ONCE)) {
				if (signal.aborted) break;
				const vector = unitVector(await embedder.embed(payload.data));
				if (vector !== null) made.set(id, { text: payload.data, vector });
			}
			await shelves.write(space, ({ items }) => {
				const put = [...made].flatMap(([id, { text, vector }]) => {
					const now = items.get(id);
					return now?.payload.data === text ? [{ ...now, vector, embedder: embedder.id }] : [];
				});
				return { put };
			});
			renewed += made.size;
		}
		return renewed;
	}
}

/** Ids of what has to do with the question, in their order. */
function relevant(results: readonly { id: string }[]): string[] {
	let doubtful = 0;
	return results.flatMap((result) => {
		const { semanticScore, bm25Score } = detailsSchema.parse(result).score_details;
		if (bm25Score > 0 || semanticScore >= NEAR) return [result.id];
		if (semanticScore < DOUBTFUL || doubtful >= MOST_DOUBTFUL) return [];
		doubtful += 1;
		return [result.id];
	});
}
