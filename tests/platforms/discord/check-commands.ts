import { ApplicationCommandType as Kind, Locale, ApplicationCommandOptionType as Option } from 'discord-api-types/v10';
import { createForm, type Form, type Path } from './form.ts';
import { type Data, dataOf, isData, listOf, textOf } from './wire.ts';

/** Bounds of discord.com/developers/docs/interactions/application-commands. */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const MAX_TOTAL = 8000;
const LOCALES: readonly string[] = Object.values(Locale);

/** Throws 50035 for a command that Discord would not register; `path` is where it stands in a list of commands. */
export function checkCommand(command: Data, path: Path = []): void {
	const form = createForm();
	const kind = form.whole(command.type, [...path, 'type'], { min: 1, max: 3 }) ?? Kind.ChatInput;
	const isChat = kind === Kind.ChatInput;
	if (isChat) checkName(form, command.name, [...path, 'name']);
	else {
		form.text(command.name, [...path, 'name'], { required: true, min: 1, max: 32 });
		if (textOf(command.description) !== '')
			form.fault(
				[...path, 'description'],
				'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET',
				'Context menu commands cannot have description',
			);
		if (listOf(command.options).length > 0)
			form.fault(
				[...path, 'options'],
				'APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_CANNOT_BE_SET',
				'Context menu commands cannot have options',
			);
	}
	if (isChat) {
		checkDescription(form, command, path);
		checkOptions(form, command, path, 0);
	}
	checkLocalized(form, command.name_localizations, [...path, 'name_localizations'], isChat ? 'name' : 32);
	if (isChat && sizeOf(command) > MAX_TOTAL)
		form.fault(path, 'APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (${MAX_TOTAL})`);
	form.check();
}

function checkName(form: Form, name: unknown, at: Path): void {
	const text = form.text(name, at, { required: true, min: 1, max: 32 });
	if (text !== null && (!NAME.test(text) || text !== text.toLowerCase()))
		form.fault(at, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
}

function checkDescription(form: Form, given: Data, path: Path): void {
	form.text(given.description, [...path, 'description'], { required: true, min: 1, max: 100 });
	checkLocalized(form, given.description_localizations, [...path, 'description_localizations'], 100);
}

/** `rule` is `name` for the pattern of names, else the longest text. */
function checkLocalized(form: Form, given: unknown, path: Path, rule: 'name' | number): void {
	if (!isData(given)) return;
	for (const [locale, text] of Object.entries(given)) {
		if (!LOCALES.includes(locale))
			form.fault([...path, locale], 'DICT_TYPE_KEYS_INVALID', `Locale ${locale} is not one of Discord's`);
		else if (rule === 'name') checkName(form, text, [...path, locale]);
		else form.text(text, [...path, locale], { required: true, min: 1, max: rule });
	}
}

const GROUPS: readonly number[] = [Option.Subcommand, Option.SubcommandGroup];

function checkOptions(form: Form, holder: Data, path: Path, depth: number): void {
	const at = [...path, 'options'];
	const options = form.list(holder.options, at, { max: 25 });
	const names = new Set<string>();
	let optional = false;
	const groups = options.filter((option) => GROUPS.includes(Number(dataOf(option).type)));
	if (groups.length > 0 && groups.length < options.length)
		form.fault(
			at,
			'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
			'Sub-command and sub-command group option types are mutually exclusive to all other types',
		);
	for (const [index, given] of options.entries()) {
		const option = dataOf(given);
		const here = [...at, index];
		checkOption(form, option, here, depth);
		if (names.has(textOf(option.name)))
			form.fault([...here, 'name'], 'APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE', 'Option name must be unique');
		names.add(textOf(option.name));
		if (option.required === true && optional)
			form.fault(
				[...here, 'required'],
				'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
				'Required options must be placed before non-required options',
			);
		optional ||= option.required !== true;
	}
}

function checkOption(form: Form, option: Data, path: Path, depth: number): void {
	const type = form.whole(option.type, [...path, 'type'], { required: true, min: 1, max: 11 }) ?? 0;
	checkName(form, option.name, [...path, 'name']);
	checkLocalized(form, option.name_localizations, [...path, 'name_localizations'], 'name');
	checkDescription(form, option, path);
	const mayNest = type === Option.SubcommandGroup ? depth === 0 : type === Option.Subcommand && depth <= 1;
	if (GROUPS.includes(type)) {
		if (!mayNest)
			form.fault([...path, 'type'], 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Option type cannot be nested here');
		return checkOptions(form, option, path, type === Option.SubcommandGroup ? 1 : 2);
	}
	checkChoices(form, option, path, type);
	if (type === Option.String) {
		form.whole(option.min_length, [...path, 'min_length'], { min: 0, max: 6000 });
		form.whole(option.max_length, [...path, 'max_length'], { min: 1, max: 6000 });
	}
}

const CHOOSABLE: readonly number[] = [Option.String, Option.Integer, Option.Number];

function checkChoices(form: Form, option: Data, path: Path, type: number): void {
	const at = [...path, 'choices'];
	const choices = form.list(option.choices, at, { max: 25 });
	const has = choices.length > 0 || option.autocomplete === true;
	if (has && !CHOOSABLE.includes(type))
		form.fault(
			at,
			'APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID',
			'This option type cannot have choices or autocomplete',
		);
	if (choices.length > 0 && option.autocomplete === true)
		form.fault(
			[...path, 'autocomplete'],
			'APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES_EXCLUSIVE',
			'autocomplete may not be set to true if choices are present',
		);
	checkChoiceList(form, choices, at, type);
}

/** Checks choices of an option or of an autocomplete answer: names and text values of 1 to 100, each name once. */
export function checkChoiceList(form: Form, choices: readonly unknown[], path: Path, type: number): void {
	const names = new Set<string>();
	for (const [index, given] of choices.entries()) {
		const choice = dataOf(given);
		const here = [...path, index];
		const name = form.text(choice.name, [...here, 'name'], { required: true, min: 1, max: 100 }) ?? '';
		checkLocalized(form, choice.name_localizations, [...here, 'name_localizations'], 100);
		if (type === Option.String) form.text(choice.value, [...here, 'value'], { required: true, min: 1, max: 100 });
		else if (typeof choice.value !== 'number')
			form.fault([...here, 'value'], 'NUMBER_TYPE_COERCE', 'Value is not a number.');
		if (names.has(name))
			form.fault(
				[...here, 'name'],
				'APPLICATION_COMMAND_OPTIONS_CHOICES_NAMES_DUPLICATE',
				'The specified choice name is already used',
			);
		names.add(name);
	}
}

/** Longest of the default and the localized texts, as Discord counts a command's size. */
function longest(text: unknown, localized: unknown): number {
	return Math.max(textOf(text).length, ...Object.values(dataOf(localized)).map((other) => textOf(other).length));
}

function sizeOf(holder: Data): number {
	const own =
		longest(holder.name, holder.name_localizations) + longest(holder.description, holder.description_localizations);
	const choices = listOf(holder.choices)
		.map(dataOf)
		.reduce((sum, choice) => sum + longest(choice.name, choice.name_localizations) + textOf(choice.value).length, 0);
	return own + choices + listOf(holder.options).reduce((sum: number, option) => sum + sizeOf(dataOf(option)), 0);
}
