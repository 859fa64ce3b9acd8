import { LANGUAGE, type Text, texts } from './texts.ts';

export type TextKey = keyof typeof texts;

const plurals = new Intl.PluralRules(LANGUAGE);
const numbers = new Intl.NumberFormat(LANGUAGE);

/** A text of the page with its placeholders filled in. A value that is missing shows as its own name. */
export function say(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
	const text: Text = texts[key];
	const form = typeof text === 'string' ? text : (text[plurals.select(Number(values.count))] ?? text.other);
	return form.replace(/\{(\w+)\}/g, (_, name: string) => {
		const value = values[name];
		if (value === undefined) return `{${key}.${name}}`;
		return typeof value === 'number' ? numbers.format(value) : value;
	});
}
