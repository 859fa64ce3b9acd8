import type {
	APIApplicationCommandBasicOption,
	APIApplicationCommandSubcommandOption,
	LocalizationMap,
	RESTPostAPIChatInputApplicationCommandsJSONBody,
	RESTPostAPIContextMenuApplicationCommandsJSONBody,
} from 'discord.js';
import type { CommandField, CommandForm } from '../../../core/command-form.ts';
import type { Say } from '../../../core/say.ts';

/** The one slash command. Its name is the same in every language. */
export const COMMAND_NAME = 'massgen';
export const PRIVATE_OPTION = 'private';
/** Each takes one file. */
export const FILE_OPTIONS = ['file', 'file2', 'file3', 'file4', 'file5'] as const;

/** Languages of Discord that commands are described in; everybody else reads English. */
const LOCALES = ['de', 'es-ES', 'es-419', 'fr', 'ja', 'zh-CN'] as const;
/** Bounds of docs, interactions/application-commands. */
const DESCRIPTION = 100;
const QUESTION = 6000;
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const MENU_NAME = /^.{1,32}$/u;

export type AppCommand =
	| RESTPostAPIChatInputApplicationCommandsJSONBody
	| RESTPostAPIContextMenuApplicationCommandsJSONBody;

type Speak = (locale: string) => Say;

/** Everything that the bot registers with Discord, in every language there is a text for. */
export function appCommands(forms: readonly CommandForm[], sayIn: Speak): readonly AppCommand[] {
	const menu = texts('discord.menu', sayIn, (text) => MENU_NAME.test(text));
	return [
		{
			type: 1,
			name: COMMAND_NAME,
			...description('discord.command', sayIn),
			options: distinct(forms.map((form) => subcommand(form, sayIn))),
		},
		{ type: 3, name: menu.text, name_localizations: menu.localized },
	];
}

function subcommand({ name, fields }: CommandForm, sayIn: Speak): APIApplicationCommandSubcommandOption {
	const about = `command.${name}`;
	const given = fields.toSorted((a, b) => Number(b.required) - Number(a.required));
	const options = given.map((field) => option(field, about, sayIn));
	const more = name === 'ask' ? [isPrivate(sayIn), ...FILE_OPTIONS.map((file) => fileOption(file, sayIn))] : [];
	return { type: 1, ...names(name, sayIn), ...description(about, sayIn), options: distinct([...options, ...more]) };
}

function option(field: CommandField, of: string, sayIn: Speak): APIApplicationCommandBasicOption {
	const key = `${of}.${field.name}`;
	const common = { ...names(field.name, sayIn), ...description(key, sayIn), required: field.required };
	if (field.type === 'flag') return { type: 5, ...common };
	if (field.suggests !== null) return { type: 3, ...common, autocomplete: true };
	if (field.type === 'text') return { type: 3, ...common, max_length: QUESTION };
	const choices = field.choices.map((value) => {
		const { text: name, localized: name_localizations } = texts(`${key}.${value}`, sayIn);
		return { name, name_localizations, value };
	});
	return { type: 3, ...common, choices };
}

const isPrivate = (sayIn: Speak): APIApplicationCommandBasicOption => ({
	type: 5,
	...names(PRIVATE_OPTION, sayIn),
	...description('discord.option.private', sayIn),
	required: false,
});

const fileOption = (name: string, sayIn: Speak): APIApplicationCommandBasicOption => ({
	type: 11,
	...names(name, sayIn),
	...description('discord.option.file', sayIn),
	required: false,
});

function description(key: string, sayIn: Speak) {
	const { text, localized } = texts(key, sayIn);
	return { description: text, description_localizations: localized };
}

/** The name of a sub-command or option, with its translations as far as Discord takes them. */
function names(name: string, sayIn: Speak) {
	const [, word = name, number = ''] = /^(\D+)(\d*)$/.exec(name) ?? [];
	const { localized } = texts(`discord.name.${word}`, sayIn, isName, number);
	return { name, name_localizations: localized };
}

const isName = (text: string) => NAME.test(text) && text === text.toLowerCase();

/** A text in English and, where they differ and are taken, in the other languages. */
function texts(key: string, sayIn: Speak, isTaken = (text: string) => text.length <= DESCRIPTION, suffix = '') {
	const text = sayIn('en')(key) + suffix;
	const localized: LocalizationMap = {};
	for (const locale of LOCALES) {
		const other = sayIn(locale)(key) + suffix;
		if (other !== text && other !== '' && isTaken(other)) localized[locale] = other;
	}
	return { text, localized };
}

/** Options of one holder: a translated name that another has already is left out. */
function distinct<Option extends { name: string; name_localizations?: LocalizationMap | null | undefined }>(
	options: readonly Option[],
): Option[] {
	return options.map((option, index) => {
		const others = options.filter((_, at) => at !== index);
		const kept = Object.entries(option.name_localizations ?? {}).filter(([locale, name]) =>
			others.every((other) => other.name !== name && other.name_localizations?.[locale as 'de'] !== name),
		);
		return { ...option, name_localizations: Object.fromEntries(kept) };
	});
}
