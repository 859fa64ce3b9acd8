import type { ElicitRequestFormParams, ElicitResult } from '@modelcontextprotocol/client';
import type { Clock } from '../../../core/clock.ts';
import type { Asker } from '../../../core/foreign-form.ts';
import { type ForeignForm, type FormAnswer, type FormField, fits } from '../../../core/foreign-form.ts';
import { visibleText } from '../../../core/foreign-text.ts';
import type { Elicit } from './connection.ts';

/** The largest form that is put to a person: fields, options of a choice, characters of its texts and of an answer. */
const FIELDS = 20;
const OPTIONS = 25;
const MESSAGE = 1_000;
const LABEL = 80;
const DESCRIPTION = 200;
const ANSWER = 2_000;

type Schema = ElicitRequestFormParams['requestedSchema']['properties'][string];

/** How long (ms) a person may take. Shorter than a call may usually be silent, so that it can still use the answer. */
const ANSWER_MS = 100_000;
/** Forms of one server in one run; it is not answered any more after them. */
const MOST_FORMS = 5;

/** Puts what a server asks for to a person. What they do not answer in time is declined. */
export function createElicit(server: string, ask: Asker, clock: Clock): Elicit {
	let forms = 0;
	return async (params, signal) => {
		const form = formOf(server, params);
		forms += 1;
		if (form === null || forms > MOST_FORMS) return { action: 'decline' };
		const late = new AbortController();
		const cancel = clock.after(ANSWER_MS, () => late.abort());
		try {
			return elicitResult(form, await ask(form, AbortSignal.any([signal, late.signal])));
		} catch {
			return { action: 'decline' };
		} finally {
			cancel();
		}
	};
}

/** What a server asks for as a form for a person; null: it is larger than that, or of a kind that is not known. */
function formOf(server: string, { message, requestedSchema }: ElicitRequestFormParams): ForeignForm | null {
	const required = new Set(requestedSchema.required ?? []);
	const entries = Object.entries(requestedSchema.properties);
	if (entries.length > FIELDS) return null;
	const fields = entries.map(([name, schema]) => fieldOf(name, schema, required.has(name)));
	const known = fields.filter((field) => field !== null);
	return known.length < fields.length ? null : { server, message: shortened(message, MESSAGE), fields: known };
}

/** The answer for the server. One that does not fit what it asked for counts as declined. */
function elicitResult({ fields }: ForeignForm, answer: FormAnswer): ElicitResult {
	if (answer.type === 'declined') return { action: 'decline' };
	const content: Record<string, string | number | boolean | string[]> = {};
	for (const field of fields) {
		const value = Object.hasOwn(answer.values, field.name) ? answer.values[field.name] : undefined;
		if (value === undefined && !field.required) continue;
		if (!fits(field, value)) return { action: 'decline' };
		content[field.name] = typeof value === 'object' ? [...value] : value;
	}
	return { action: 'accept', content };
}

function fieldOf(name: string, schema: Schema, isRequired: boolean): FormField | null {
	const label = shortened(schema.title ?? name, LABEL);
	const { default: preset, description = '' } = schema;
	const common = {
		name,
		label,
		description: shortened(description, DESCRIPTION),
		// The SDK fills in what a server has a value for.
		required: isRequired && preset === undefined,
		preset: shortened(Array.isArray(preset) ? preset.join(', ') : String(preset ?? ''), LABEL),
	};
	const options = optionsOf(schema);
	if (options !== null && (options.length === 0 || options.length > OPTIONS)) return null;
	switch (schema.type) {
		case 'boolean':
			return { ...common, type: 'boolean' };
		case 'number':
		case 'integer': {
			const { minimum: least = Number.NEGATIVE_INFINITY, maximum: most = Number.POSITIVE_INFINITY } = schema;
			return { ...common, type: 'number', whole: schema.type === 'integer', least, most };
		}
		case 'array': {
			if (options === null) return null;
			const { minItems: least = 0, maxItems: most = options.length } = schema;
			return { ...common, type: 'choice', options, several: { least, most } };
		}
		case 'string': {
			if (options !== null) return { ...common, type: 'choice', options, several: null };
			const {
				minLength = 0,
				maxLength = ANSWER,
				format = null,
			} = 'minLength' in schema || 'maxLength' in schema || 'format' in schema ? schema : {};
			return {
				...common,
				type: 'text',
				least: Math.max(minLength, common.required ? 1 : 0),
				most: Math.min(maxLength, ANSWER),
				shape: format,
			};
		}
	}
}

/** The values of a choice with what people read; null: it is none. */
function optionsOf(schema: Schema): { value: string; label: string }[] | null {
	const of = schema.type === 'array' ? schema.items : schema;
	const titled = 'oneOf' in of ? of.oneOf : 'anyOf' in of ? of.anyOf : null;
	if (titled != null) return titled.map((option) => ({ value: option.const, label: shortened(option.title, LABEL) }));
	if (!('enum' in of) || of.enum === undefined) return null;
	const names: readonly string[] = 'enumNames' in of && Array.isArray(of.enumNames) ? of.enumNames : [];
	return of.enum.map((value, index) => ({ value, label: shortened(names[index] ?? value, LABEL) }));
}

function shortened(text: string, most: number): string {
	const line = visibleText(text).replace(/\s+/g, ' ').trim();
	return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
