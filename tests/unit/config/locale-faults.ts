import { commands } from '../../../commands/index.ts';
import { formOf } from '../../../src/core/command-form.ts';

/** A catalogue as its file has it. */
export type Catalogue = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Most characters of what a platform cuts off or refuses: the limits of Discord and Slack, and ours for buttons. */
const LIMITS: readonly (readonly [RegExp, number])[] = [
	[/^(control|slack\.button)\./, 34],
	[/^card\.act\./, 34],
	[/^card\.(edit|deny|allow)\.title$|^card\.send$/, 24],
	[/^card\.(edit|deny)\.label$/, 45],
	[/^discord\.follow_up\./, 45],
	[/^discord\.menu$/, 32],
	[/^discord\.(command$|option\.)/, 100],
	[/^slack\.modal\.(title|follow_up|submit|close)$/, 24],
	[/^slack\.modal\.(team|files|follow_up_question)$/, 150],
	[/^slack\.home\.(heading|recent|settings)$/, 150],
	[/^slack\.tally\.votes$/, 20],
	[/^slack\.tally\.chart$/, 50],
];
/** Of what describes a command, its options and their choices. Slack's modal shows the choices too, with less room. */
const DESCRIPTION = 100;
const CHOICE = 75;

const offered = commands.map(formOf);
const described = offered.flatMap(({ name, fields }) => [
	`command.${name}`,
	...fields.map((field) => `command.${name}.${field.name}`),
]);
const chosen = offered.flatMap(({ name, fields }) =>
	fields.flatMap((field) => field.choices.map((choice) => `command.${name}.${field.name}.${choice}`)),
);

const subCommands = offered.map(({ name }) => name).join('|');
/** What is the same in every language, and what it is called in a fault. */
const KEPT: Readonly<Record<string, RegExp>> = {
	'code spans': /`[^`]*`/g,
	'bold signs': /\*\*/g,
	commands: new RegExp(`/massgen(?: (?:${subCommands})(?![a-z]))?|npm run [a-z-]+|/invite`, 'g'),
	variables: /\b[A-Z]{3,}_[A-Z_]+(?:=\w+)?|\b(?:HOST|PORT)\b/g,
};

/** What is wrong with the catalogue of a language beside the English one: nothing when it says all of it. */
export function localeFaults(locale: string, catalogue: Catalogue, english: Catalogue): string[] {
	const keys = Object.keys(english);
	const own = Object.keys(catalogue);
	const missing = keys.filter((key) => !own.includes(key)).map((key) => `${key}: missing`);
	const unknown = own.filter((key) => !keys.includes(key)).map((key) => `${key}: not in en.json`);
	const common = keys.filter((key) => own.includes(key));
	const misplaced = own.filter((key) => keys.includes(key)).find((key, index) => key !== common[index]);
	return [
		...missing,
		...unknown,
		...(misplaced === undefined ? [] : [`${misplaced}: not in the order of en.json`]),
		...common.flatMap((key) => entryFaults(locale, key, catalogue[key] ?? '', english[key] ?? '')),
	];
}

function entryFaults(locale: string, key: string, entry: Catalogue[string], english: Catalogue[string]): string[] {
	const model = typeof english === 'string' ? english : (english.other ?? '');
	const forms = typeof entry === 'string' ? [entry] : Object.values(entry);
	const faults = forms.flatMap((text) => textFaults(key, text, model));
	return [...pluralFaults(locale, entry, english), ...faults].map((fault) => `${key}: ${fault}`);
}

function pluralFaults(locale: string, entry: Catalogue[string], english: Catalogue[string]): string[] {
	if (typeof english === 'string') return typeof entry === 'string' ? [] : ['no plural forms in en.json'];
	const due = [...new Intl.PluralRules(locale).resolvedOptions().pluralCategories].toSorted().join(' ');
	const given = typeof entry === 'string' ? 'none' : Object.keys(entry).toSorted().join(' ');
	return given === due ? [] : [`plural forms ${given}, due ${due}`];
}

function textFaults(key: string, text: string, english: string): string[] {
	const limit = limitOf(key);
	return [
		...(text.trim() === '' ? ['empty'] : []),
		...(text.length > limit ? [`${text.length} characters, at most ${limit}`] : []),
		...(placeholdersOf(text) === placeholdersOf(english) ? [] : [`placeholders ${placeholdersOf(text)}`]),
		...Object.entries(KEPT)
			.filter(([, kept]) => allOf(text, kept) !== allOf(english, kept))
			.map(([what]) => `${what} differ`),
	];
}

function limitOf(key: string): number {
	if (described.includes(key)) return DESCRIPTION;
	if (chosen.includes(key)) return CHOICE;
	return LIMITS.find(([keys]) => keys.test(key))?.[1] ?? Number.POSITIVE_INFINITY;
}

const allOf = (text: string, kept: RegExp): string => (text.match(kept) ?? []).toSorted().join(' ');

const placeholdersOf = (text: string): string => [...new Set(text.match(/\{\w+\}/g) ?? [])].toSorted().join(' ');
