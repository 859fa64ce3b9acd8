import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Embedder } from '../../src/adapters/memory/mem0/embedder.ts';
import { createMem0Memory } from '../../src/adapters/memory/mem0.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { MemoryAddress, MemoryOccasion } from '../../src/core/memory.ts';
import type { Store } from '../../src/core/store.ts';
import { createConsents } from '../../src/memory/consents.ts';
import { createMemoryBook } from '../../src/memory/memory-book.ts';
import { systemClock } from '../../src/system-clock.ts';
import { strictEnglish } from './say.ts';

const say = await strictEnglish();

/** Texts with the same words are near each other: enough to see what is done with vectors, at no cost. */
export function wordEmbedder(id = 'words/64', size = 64): Embedder {
	return {
		id,
		load: async () => {},
		async embed(text) {
			const vector = new Array<number>(size).fill(0);
			for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
				let code = 7;
				for (const sign of word) code = (code * 31 + (sign.codePointAt(0) ?? 0)) % 1_000_003;
				vector[code % size] = (vector[code % size] ?? 0) + 1;
			}
			return vector;
		},
	};
}

export interface MemoryWorldOptions {
	store: Store;
	clock?: Clock;
	embedder?: Embedder;
	most?: number;
	retentionDays?: number | null;
	recallLimit?: number;
}

/** The memory over a store, as the program puts it together. */
export async function memoryWorld(options: MemoryWorldOptions) {
	const { store, clock = systemClock, embedder = wordEmbedder(), most = 2_000, retentionDays = null } = options;
	const dataDir = await mkdtemp(join(tmpdir(), 'memory-'));
	onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
	const problems: unknown[] = [];
	const scrubbed: string[] = [];
	const onProblem = (error: unknown) => void problems.push(error);
	const engine = createMem0Memory({ store, clock, embedder, most, dataDir, onProblem });
	const consents = createConsents(store, { retentionDays });
	const { recallLimit = 8 } = options;
	const onScrubbed = (run: string) => void scrubbed.push(run);
	const common = { store, clock, engine, consents, onProblem };
	const book = createMemoryBook({ ...common, recallLimit, recallMs: 60_000, say, onScrubbed });
	return { ...common, book, problems, scrubbed };
}

/** What a person means: their own memories, or those of the channel. */
export function at(session: string, user = 'ann', mine = false): MemoryAddress {
	const [platform = '', tenant = ''] = session.split(':');
	return { session, person: { platform, tenant, user }, mine };
}

/** A question that is about to be asked. */
export function asking(session: string, question: string, user: string | null = 'ann'): MemoryOccasion {
	const { person } = at(session, user ?? '');
	return { session, requester: user === null ? null : person, question, known: [] };
}
