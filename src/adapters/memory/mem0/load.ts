import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BotError } from '../../../core/errors.ts';
import type { Embedder } from './embedder.ts';
import { checkedReply, OUR_INSTRUCTIONS } from './extraction.ts';
import { currentJob } from './job.ts';
import type { Shelves } from './shelves.ts';
import { createVectors, type Vectors } from './vectors.ts';

/** Our name among mem0's providers. */
const PROVIDER = 'massgen';
/** What memories are called there. Beside them mem0 would keep the names that it finds in them. */
const COLLECTION = 'memory';

type Mem0 = Pick<InstanceType<typeof import('mem0ai/oss').Memory>, 'add' | 'search' | 'update'>;
type Create = (provider: string, config: unknown) => unknown;
interface Factory {
	create: Create;
}

/** What stands in mem0's configuration under a key that it does not look into. */
const partsOf = z.object({ parts: z.custom<Parts>() });

interface Parts {
	shelves: Shelves;
	embedder: Embedder;
	/** One sentence about something that memories can do without. */
	onProblem(error: unknown): void;
}

let loading: Promise<typeof import('mem0ai/oss')> | null = null;

/** The package, with our parts among its providers. It reports to nobody, and writes to no folder but `folder`. */
async function loadPackage(folder: string): Promise<typeof import('mem0ai/oss')> {
	await mkdir(folder, { recursive: true });
	// Both are read once, while the package loads.
	Object.assign(process.env, { MEM0_TELEMETRY: 'false', MEM0_DIR: folder });
	const mem0 = await import('mem0ai/oss').catch((cause: unknown) => {
		throw new BotError('package_missing', 'The package `mem0ai` is missing. Run `npm ci` and start again.', { cause });
	});
	const { VectorStoreFactory, HistoryManagerFactory, EmbedderFactory, LLMFactory } = mem0;
	extend(VectorStoreFactory, (config) => {
		const { client, collectionName } = z.object({ client: partsOf, collectionName: z.string() }).parse(config);
		if (collectionName !== COLLECTION) return namesOfNobody;
		return createVectors(client.parts.shelves, client.parts.embedder.id);
	});
	extend(HistoryManagerFactory, (config) => historyIn(z.object({ config: partsOf }).parse(config).config.parts));
	extend(EmbedderFactory, (config) => embedderFor(z.object({ model: partsOf }).parse(config).model.parts));
	extend(LLMFactory, () => ({ generateResponse: askedModel, generateChat: refuseChat }));
	return mem0;
}

/** Puts our part beside those of mem0. Throws when the package is made otherwise than the one this was written for. */
function extend(factory: unknown, make: (config: unknown) => unknown): void {
	const target = factory as Factory;
	if (typeof target?.create !== 'function') throw new BotError('bug', 'this version of mem0ai has other factories');
	const original: Create = target.create.bind(target);
	target.create = (provider, config) => (provider === PROVIDER ? make(config) : original(provider, config));
}

/** mem0 over our own store, embedder and models. */
export async function loadMem0(parts: Parts, dataDir: string): Promise<Mem0> {
	loading ??= loadPackage(join(dataDir, 'mem0'));
	loading.catch(() => {
		loading = null;
	});
	const { Memory } = await loading;
	const own: Record<string, unknown> = { parts };
	return new Memory({
		llm: { provider: PROVIDER, config: { model: { parts } } },
		embedder: { provider: PROVIDER, config: { model: { parts } } },
		// With a dimension it makes no probe. Ours takes vectors of any size.
		vectorStore: { provider: PROVIDER, config: { client: { parts }, collectionName: COLLECTION, dimension: 1 } },
		historyStore: { provider: PROVIDER, config: own },
		customInstructions: OUR_INSTRUCTIONS,
	});
}

/**
 * Questions and memories get vectors; the names that mem0 finds in them do not. Each would cost another embedding
 * before a run begins, and would have to be forgotten in one more place.
 */
function embedderFor({ embedder, onProblem }: Parts) {
	/** A question is looked for in several spaces, one after the other or at once. */
	let latest: { text: string; vector: Promise<readonly number[]> } | null = null;
	const embed = async (text: string): Promise<readonly number[]> => {
		if (latest?.text !== text) latest = { text, vector: embedder.embed(text) };
		try {
			return await latest.vector;
		} catch (error) {
			// What has no vector is found by its words, and gets one later.
			latest = null;
			onProblem(error);
			return [];
		}
	};
	return {
		embed,
		async embedBatch(texts: readonly string[]) {
			const { texts: memories } = currentJob();
			const vectors: (readonly number[] | null)[] = [];
			for (const text of texts) vectors.push(memories.has(text) ? await embed(text) : null);
			return vectors;
		},
	};
}

async function askedModel(messages: readonly { role: string; content: string }[]): Promise<string> {
	const job = currentJob();
	const of = (role: string) => messages.flatMap((message) => (message.role === role ? [message.content] : []));
	try {
		if (job.ask === null) throw new BotError('bug', 'mem0 wanted to ask a model where none is to be asked');
		return checkedReply(await job.ask(of('system').join('\n\n'), of('user').join('\n\n'), job.signal));
	} catch (error) {
		job.failure = { error };
		return JSON.stringify({ memory: [] });
	}
}

async function refuseChat(): Promise<never> {
	throw new BotError('bug', 'mem0 wanted to chat');
}

/** Names that occur in memories are not kept: see `embedderFor`. */
const namesOfNobody: Vectors = {
	insert: async () => {},
	search: async () => [],
	keywordSearch: async () => [],
	get: async () => null,
	update: async () => {},
	delete: async () => {},
	deleteCol: async () => {},
	list: async () => [[], 0],
	getUserId: async () => PROVIDER,
	setUserId: async () => {},
	initialize: async () => {},
};

/** What became of each memory, beside it in the store, and forgotten with it. It keeps no messages. */
function historyIn({ shelves }: Parts) {
	const add = (id: string, previous: string | null, text: string | null, action: string, createdAt?: string) =>
		shelves.addHistory(currentJob().space, id, { previous, text, action, at: createdAt ?? null });
	return {
		addHistory: add,
		async batchAddHistory(records: readonly { memoryId: string; newValue: string; createdAt: string }[]) {
			const { written } = currentJob();
			for (const { memoryId, newValue, createdAt } of records) {
				if (written.includes(memoryId)) await add(memoryId, null, newValue, 'ADD', createdAt);
			}
		},
		getHistory: (id: string) => shelves.history(currentJob().space, id),
		reset: async () => {},
		close: () => {},
	};
}
