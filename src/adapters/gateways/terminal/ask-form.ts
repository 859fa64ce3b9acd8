import {
	type ForeignForm,
	type FormAnswer,
	type FormField,
	type FormValue,
	typedValue,
} from '../../../core/foreign-form.ts';
import type { Say } from '../../../core/say.ts';
import { hintOf } from '../shared/form-text.ts';
import { oneLine } from './fit-text.ts';
import type { LineReader } from './line-reader.ts';
import type { Page } from './page.ts';
import { safeText } from './safe-text.ts';
import { textLines } from './text-lines.ts';

export interface FormAsked {
	page: Page;
	reader: LineReader;
	print(lines: readonly string[]): void;
	/** Aborts when the server does not wait for an answer any more. */
	signal: AbortSignal;
}

/** Typed in all languages. */
const YES = 'y';
/** How often a field is asked for before the form is declined. */
const TRIES = 3;

/** Puts a form to the person at the keyboard, field after field, once they have said that they want to answer it. */
export async function askForm(form: ForeignForm, asked: FormAsked): Promise<FormAnswer> {
	const { page, reader, print, signal } = asked;
	const { say } = page;
	const words = textLines(form.message, page).map((line) => `   ${line}`);
	print(['', ` ${say('form.asks', { server: form.server })}`, ...words]);
	print([` ${say('form.warning')}`]);
	const line = await reader.read(` ${say('form.begin')} `, signal);
	const values = line?.trim().toLowerCase() === YES ? await filled(form.fields, asked) : null;
	const { server } = form;
	print([` ${say(values === null ? 'form.declined' : 'form.sent', { server })}`]);
	return values === null ? { type: 'declined' } : { type: 'accepted', values };
}

/** Null: the person has left it, or it was not filled in. */
async function filled(fields: readonly FormField[], asked: FormAsked): Promise<Record<string, FormValue> | null> {
	const values: [string, FormValue][] = [];
	for (const field of fields) {
		const value = await typedFor(field, asked);
		if (value === null) return null;
		if (value !== undefined) values.push([field.name, value]);
	}
	return Object.fromEntries(values);
}

/** Undefined: left empty. */
async function typedFor(field: FormField, asked: FormAsked): Promise<FormValue | undefined | null> {
	const { page, reader, print, signal } = asked;
	const { say } = page;
	const options = field.type === 'choice' ? field.options : [];
	print([
		...(field.description === '' ? [] : textLines(field.description, page)),
		...options.map(({ label }, index) => `   ${index + 1}) ${oneLine(safeText(label))}`),
	]);
	const preset = oneLine(safeText(field.preset));
	const empty = preset === '' ? say('form.optional') : say('form.preset', { preset });
	const hint = field.required ? typedHintOf(field, say) : `${typedHintOf(field, say)}, ${empty}`;
	const prompt = ` ${oneLine(safeText(field.label))} (${hint}): `;
	for (let tries = 0; tries < TRIES; tries += 1) {
		const line = await reader.read(prompt, signal);
		if (line === null) return null;
		if (line.trim() === '' && !field.required) return undefined;
		const value = typedValue(field, line);
		if (value !== undefined) return value;
		print([` ${say('form.wrong', { hint: typedHintOf(field, say) })}`]);
	}
	return null;
}

/** What is expected in a field when everything is typed. */
function typedHintOf(field: FormField, say: Say): string {
	switch (field.type) {
		case 'text':
		case 'number':
			return hintOf(field, say);
		case 'boolean':
			return 'y/n';
		case 'choice':
			return say(field.several === null ? 'form.hint.choice' : 'form.hint.several', { count: field.options.length });
	}
}
