import type { ForeignForm, FormField } from '../../core/foreign-form.ts';
import { say } from '../say.ts';

/** A form that waits for the person at the page. Bounds of numbers that are infinite arrive as null. */
export interface OpenForm extends ForeignForm {
	id: string;
}

/** What was put into a field: text, or positions of options from "0" (yes is 0, no is 1); null: nothing. */
export type FormEntry = string | readonly string[] | null;

export const emptyEntry = (field: FormField): FormEntry => {
	if (field.type === 'text' || field.type === 'number') return '';
	return field.type === 'choice' && field.several !== null ? [] : null;
};

/** What is expected in a field. */
export function hintOf(field: FormField): string {
	switch (field.type) {
		case 'text':
			return field.shape ?? say('form.hint.text', { least: field.least, most: field.most });
		case 'number': {
			const kind = say(field.whole ? 'form.hint.whole' : 'form.hint.number');
			const range = [Number.isFinite(field.least) ? field.least : '', Number.isFinite(field.most) ? field.most : ''];
			return range.join('') === '' ? kind : `${kind} ${range.join('…')}`;
		}
		case 'boolean':
			return `${say('form.yes')} / ${say('form.no')}`;
		case 'choice':
			return field.several === null ? say('form.hint.one') : say('form.hint.some', field.several);
	}
}

/** What is expected, and what becomes of a field that is left empty. */
export function fullHintOf(field: FormField): string {
	if (field.required) return hintOf(field);
	return `${hintOf(field)}, ${field.preset === '' ? say('form.optional') : say('form.preset', { preset: field.preset })}`;
}
