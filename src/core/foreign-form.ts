import { z } from 'zod';

/** One field of a form. Its texts are foreign, stripped of what is not seen, and short. */
export type FormField = {
	name: string;
	label: string;
	/** Empty: none. */
	description: string;
	/** It may not be left empty. */
	required: boolean;
	/** What the answer holds when it is left empty; empty: nothing. */
	preset: string;
} & (
	| { type: 'text'; least: number; most: number; shape: 'email' | 'uri' | 'date' | 'date-time' | null }
	| { type: 'number'; whole: boolean; least: number; most: number }
	| { type: 'boolean' }
	/** `several`: how many may be chosen; null: exactly one. */
	| {
			type: 'choice';
			options: readonly { value: string; label: string }[];
			several: { least: number; most: number } | null;
	  }
);

/** What a tool server wants to know from whoever asked the question. */
export interface ForeignForm {
	/** The server, as the configuration names it. */
	server: string;
	/** Its own words. Foreign text. */
	message: string;
	fields: readonly FormField[];
}

export type FormValue = string | number | boolean | readonly string[];

/** `declined`: the person said no, nobody answered in time, or nobody could be asked. */
export type FormAnswer = { type: 'accepted'; values: Readonly<Record<string, FormValue>> } | { type: 'declined' };

/** Puts a form to one person. Gives `declined` once `signal` aborts. */
export type Asker = (form: ForeignForm, signal: AbortSignal) => Promise<FormAnswer>;

const SHAPES = {
	email: z.email(),
	uri: z.url(),
	date: z.iso.date(),
	'date-time': z.iso.datetime({ offset: true }),
} as const;

/** Whether a value is one that its field asks for. */
export function fits(field: FormField, value: unknown): value is FormValue {
	switch (field.type) {
		case 'text': {
			const { least, most, shape } = field;
			if (typeof value !== 'string' || value.length < least || value.length > most) return false;
			return shape === null || SHAPES[shape].safeParse(value).success;
		}
		case 'number':
			if (typeof value !== 'number' || !Number.isFinite(value)) return false;
			return value >= field.least && value <= field.most && (!field.whole || Number.isInteger(value));
		case 'boolean':
			return typeof value === 'boolean';
		case 'choice': {
			const isOption = (one: unknown) => field.options.some((option) => option.value === one);
			if (field.several === null) return isOption(value);
			if (!Array.isArray(value) || !value.every(isOption) || new Set(value).size !== value.length) return false;
			return value.length >= field.several.least && value.length <= field.several.most;
		}
	}
}

/** What a person typed as the value of a field; undefined: it is none. Choices go by number, from 1, or by value. */
export function typedValue(field: FormField, line: string): FormValue | undefined {
	const typed = line.trim();
	const value = readAs(field, typed);
	return fits(field, value) ? value : undefined;
}

function readAs(field: FormField, typed: string): unknown {
	switch (field.type) {
		case 'text':
			return typed;
		case 'number':
			return typed === '' ? undefined : Number(typed);
		case 'boolean':
			return { y: true, n: false }[typed.toLowerCase()];
		case 'choice': {
			const chosen = (field.several === null ? [typed] : typed.split(',')).map((one) => {
				const word = one.trim();
				return field.options[Number(word) - 1]?.value ?? word;
			});
			return field.several === null ? chosen[0] : chosen;
		}
	}
}
