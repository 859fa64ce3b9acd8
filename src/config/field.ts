import type { z } from 'zod';

/** What the schema alone cannot say about a key. */
export interface FieldNote {
	/** Known to MassGen, without effect here. The text follows `ignored: `. */
	ignored?: string;
	/** The value may be a secret: messages never show it. */
	secret?: true;
	/** `${NAME}` is replaced by the environment variable, here and in everything below. */
	env?: true;
	/** Text for a model or a person, in which `${...}` may be meant literally. */
	prose?: true;
	/** Left exactly as it was read. */
	opaque?: true;
}

const notes = new WeakMap<z.ZodType, FieldNote>();

export function noteOf(schema: z.ZodType): FieldNote {
	return notes.get(schema) ?? {};
}

/** A key that must be there. The description is published in the JSON Schema. */
export function required<T extends z.ZodType>(schema: T, description: string, note: FieldNote = {}): T {
	const text = note.ignored === undefined ? description : `${description} Ignored: ${note.ignored}`;
	const described = schema.describe(text);
	notes.set(described, note);
	return described;
}

/** A key that may be left out. */
export function field<T extends z.ZodType>(schema: T, description: string, note: FieldNote = {}): z.ZodOptional<T> {
	return required(schema.optional(), description, note);
}
