import type { ForeignForm, FormField } from '../../src/core/foreign-form.ts';

const common = { description: '', required: true, preset: '' };

/** A field of every kind, in this order: name, boats, sure, where, wants, note. */
export const everyField: readonly FormField[] = [
	{ ...common, name: 'name', label: 'Name', type: 'text', least: 2, most: 20, shape: null },
	{ ...common, name: 'boats', label: 'Boats', type: 'number', whole: true, least: 1, most: 9 },
	{ ...common, name: 'sure', label: 'Sure', type: 'boolean' },
	{
		...common,
		name: 'where',
		label: 'Where',
		type: 'choice',
		options: [
			{ value: 'n', label: 'North' },
			{ value: 's', label: 'South' },
		],
		several: null,
	},
	{
		...common,
		name: 'wants',
		label: 'Wants',
		type: 'choice',
		options: [
			{ value: 'ropes', label: 'Ropes' },
			{ value: 'sails', label: 'Sails' },
			{ value: 'oars', label: 'Oars' },
		],
		several: { least: 1, most: 2 },
	},
	{ ...common, name: 'note', label: 'Note', required: false, type: 'text', least: 0, most: 90, shape: 'email' },
];

export const harbourForm: ForeignForm = { server: 'sea', message: 'Which harbour?', fields: everyField };

/** The same with only its first field. */
export const shortForm: ForeignForm = { ...harbourForm, fields: everyField.slice(0, 1) };

const EVIL =
	'<img src=x onerror="window.hacked=1"> **bold** [here](https://evil.example) <https://evil.example|x> @everyone <!channel> <@1234567890123456789> `x` \u202Egpj\u200B';

/** A form whose server, words and fields mean no good, each of 10 kB. */
export const evilForm: ForeignForm = {
	server: `${EVIL}${'s'.repeat(10_000)}`,
	message: `${EVIL}\n\n# Big ${'m'.repeat(10_000)}`,
	fields: everyField.map((field) => ({
		...field,
		name: field.type === 'number' ? '__proto__' : `${EVIL}${field.name}`,
		label: `${EVIL}${'l'.repeat(10_000)}`,
		description: `${EVIL}${'d'.repeat(10_000)}`,
		preset: `${EVIL}${'p'.repeat(10_000)}`,
		...(field.type === 'choice'
			? { options: field.options.map(({ value }) => ({ value: `${EVIL}${value}`, label: `${EVIL}${value}` })) }
			: {}),
	})),
};
