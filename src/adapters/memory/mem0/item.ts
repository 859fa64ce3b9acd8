import { z } from 'zod';
import { type KeptMemory, memorySourceSchema } from '../../../core/memory.ts';
import { wordsOf } from './words.ts';

/** What mem0 keeps beside a vector. Our own part of it is what every memory must say of itself. */
const payloadSchema = z.looseObject({
	data: z.string(),
	source: memorySourceSchema,
	/** Platform, tenant and channel that it comes from, as one text. */
	place: z.string(),
	keptAt: z.number().int(),
});
type Payload = z.infer<typeof payloadSchema>;

const itemSchema = z.object({
	id: z.string(),
	payload: payloadSchema,
	/** Little-endian 32-bit floats in base64, scaled to length 1; null: the embedder was not to be had. */
	vector: z.string().nullable(),
	/** Which embedder made it. */
	embedder: z.string().nullable(),
});
type StoredItem = z.infer<typeof itemSchema>;

/** A memory in this process: its vector as numbers, its words counted. */
export interface Item {
	id: string;
	payload: Payload;
	vector: Float32Array | null;
	embedder: string | null;
	words: ReadonlyMap<string, number>;
	/** Words in all. */
	length: number;
	usedAt: number | null;
}

/** Throws when a memory does not say where it comes from. */
export function newItem(given: Pick<Item, 'id' | 'vector' | 'embedder' | 'usedAt'> & { payload: unknown }): Item {
	const { id, vector, embedder, usedAt } = given;
	const payload = payloadSchema.parse(given.payload);
	const words = wordsOf(payload.data);
	const length = [...words.values()].reduce((sum, count) => sum + count, 0);
	return { id, payload, vector, embedder, words, length, usedAt };
}

export function readItem(value: unknown, usedAt: number | null): Item {
	const { vector, ...stored } = itemSchema.parse(value);
	return newItem({ ...stored, vector: vector === null ? null : decodeVector(vector), usedAt });
}

export function storedOf({ id, payload, vector, embedder }: Item): StoredItem {
	return { id, payload, vector: vector === null ? null : encodeVector(vector), embedder };
}

export function memoryOf({ id, payload, embedder, usedAt }: Item): KeptMemory {
	return { id, text: payload.data, source: payload.source, at: payload.keptAt, usedAt, embedder };
}

/** Scaled to length 1; null for what has no direction, which is how a missing embedding is written. */
export function unitVector(numbers: readonly number[]): Float32Array | null {
	const length = Math.hypot(...numbers);
	return length > 0 && Number.isFinite(length) ? Float32Array.from(numbers, (value) => value / length) : null;
}

function encodeVector(vector: Float32Array): string {
	return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

function decodeVector(text: string): Float32Array {
	const bytes = new Uint8Array(Buffer.from(text, 'base64'));
	return new Float32Array(bytes.buffer);
}
