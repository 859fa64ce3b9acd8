import type { FormField } from '../../../core/foreign-form.ts';
import { revealedText } from '../../../core/foreign-text.ts';
import type { Say } from '../../../core/say.ts';

/** What is expected in a field of a form whose choices are menus. */
export function hintOf(field: FormField, say: Say): string {
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

/** What is expected, and what becomes of a field that is left empty. Foreign text may be in it. */
export function fullHintOf(field: FormField, say: Say): string {
	if (field.required) return hintOf(field, say);
	const { preset } = field;
	const empty = preset === '' ? say('form.optional') : say('form.preset', { preset: revealedLine(preset) });
	return `${hintOf(field, say)}, ${empty}`;
}

/** What the options of a field are called, in the order of their positions; null: it is no menu. */
export function optionsOf(field: FormField, say: Say): readonly string[] | null {
	if (field.type === 'boolean') return [say('form.yes'), say('form.no')];
	return field.type === 'choice' ? field.options.map(({ label }) => revealedLine(label) || '…') : null;
}

/** Foreign text in one line, as a person should judge it: what is not seen is written out. */
export const revealedLine = (text: string): string => revealedText(text).replace(/\s+/g, ' ').trim();
