import { describe, expect, it } from 'vitest';
import { button, many, type Refused, row, text, unexpected, V2, x } from './refused.ts';
import { stageWithClient } from './stage.ts';

const sub = (more: object = {}) => ({ type: 1, name: 'ask', description: 'x', ...more });
const option = (more: object = {}) => ({ type: 3, name: 'question', description: 'x', ...more });
const command = (...options: object[]) => ({ name: 'massgen', description: 'x', options });

const COMMANDS: readonly Refused[] = [
	['a name with capitals', { name: 'MassGen', description: 'x' }, 'name APPLICATION_COMMAND_INVALID_NAME'],
	['a name of 33', { name: x(33), description: 'x' }, 'name BASE_TYPE_BAD_LENGTH'],
	['no description', { name: 'a' }, 'description BASE_TYPE_REQUIRED'],
	['a description of 101', { name: 'a', description: x(101) }, 'description BASE_TYPE_BAD_LENGTH'],
	[
		'a locale that is none',
		{ name: 'a', description: 'x', name_localizations: { xx: 'a' } },
		'name_localizations.xx DICT_TYPE_KEYS_INVALID',
	],
	[
		'a localized name with a space',
		{ name: 'a', description: 'x', name_localizations: { de: 'a b' } },
		'name_localizations.de APPLICATION_COMMAND_INVALID_NAME',
	],
	[
		'a localized description of 101',
		{ name: 'a', description: 'x', description_localizations: { de: x(101) } },
		'description_localizations.de BASE_TYPE_BAD_LENGTH',
	],
	['26 options', command(...many(26, (at) => option({ name: `o${at}` }))), 'options BASE_TYPE_MAX_LENGTH'],
	['an option twice', command(option(), option()), 'options.1.name APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE'],
	[
		'a required option after another',
		command(option(), option({ name: 'b', required: true })),
		'options.1.required APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
	],
	['sub-commands beside options', command(sub(), option()), 'options APPLICATION_COMMAND_OPTIONS_TYPE_INVALID'],
	[
		'a sub-command in a sub-command',
		command(sub({ options: [sub()] })),
		'options.0.options.0.type APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
	],
	[
		'26 choices',
		command(option({ choices: many(26, (at) => ({ name: `${at}`, value: 'a' })) })),
		'options.0.choices BASE_TYPE_MAX_LENGTH',
	],
	[
		'a choice twice',
		command(option({ choices: many(2, () => ({ name: 'a', value: 'a' })) })),
		'options.0.choices.1.name APPLICATION_COMMAND_OPTIONS_CHOICES_NAMES_DUPLICATE',
	],
	[
		'a choice of 101',
		command(option({ choices: [{ name: 'a', value: x(101) }] })),
		'options.0.choices.0.value BASE_TYPE_BAD_LENGTH',
	],
	[
		'a text as whole number',
		command(option({ type: 4, choices: [{ name: 'a', value: 'a' }] })),
		'options.0.choices.0.value NUMBER_TYPE_COERCE',
	],
	[
		'choices of a file',
		command(option({ type: 11, choices: [{ name: 'a', value: 'a' }] })),
		'options.0.choices APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID',
	],
	[
		'choices and autocomplete',
		command(option({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })),
		'options.0.autocomplete APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES_EXCLUSIVE',
	],
	['a longest text of 6,001', command(option({ max_length: 6001 })), 'options.0.max_length NUMBER_TYPE_MAX'],
	[
		'more than 8,000 characters',
		command(
			...many(3, (at) =>
				option({ name: `o${at}`, choices: many(25, (n) => ({ name: `${n}${x(90)}`, value: x(40) })) }),
			),
		),
		'(body) APPLICATION_COMMAND_TOO_LARGE',
	],
	[
		'a menu command with a description',
		{ type: 3, name: 'Ask the team', description: 'x' },
		'description APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET',
	],
	[
		'a menu command with options',
		{ type: 3, name: 'Ask the team', options: [option()] },
		'options APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_CANNOT_BE_SET',
	],
];

const input = (more: object = {}) => ({ type: 4, custom_id: 'a', style: 1, ...more });
const labelled = (component: object, more: object = {}) => ({ type: 18, label: 'A', component, ...more });
const modal = (...components: object[]) => ({ custom_id: 'm', title: 'M', components });

const MODALS: readonly Refused[] = [
	['a title of 46', { ...modal(labelled(input())), title: x(46) }, 'data.title BASE_TYPE_BAD_LENGTH'],
	['a custom id of 101', { ...modal(labelled(input())), custom_id: x(101) }, 'data.custom_id BASE_TYPE_BAD_LENGTH'],
	[
		'six parts',
		modal(...many(6, (at) => labelled(input({ custom_id: `${at}` })))),
		'data.components BASE_TYPE_BAD_LENGTH',
	],
	['a button', modal(button()), 'data.components.0.type UNION_TYPE_CHOICES'],
	['a button in a row', modal(row(button())), 'data.components.0.components.0.type UNION_TYPE_CHOICES'],
	[
		'a row of two',
		modal(row(input({ label: 'a' }), input({ label: 'a', custom_id: 'b' }))),
		'data.components.0.components BASE_TYPE_BAD_LENGTH',
	],
	['an input without label in a row', modal(row(input())), 'data.components.0.components.0.label BASE_TYPE_REQUIRED'],
	['a label of 46', modal(labelled(input(), { label: x(46) })), 'data.components.0.label BASE_TYPE_BAD_LENGTH'],
	[
		'a description of 101',
		modal(labelled(input(), { description: x(101) })),
		'data.components.0.description BASE_TYPE_MAX_LENGTH',
	],
	[
		'a label in a label',
		modal(labelled(input({ label: 'a' }))),
		'data.components.0.component.label TEXT_INPUT_LABEL_IN_LABEL',
	],
	['an empty text', modal(text('')), 'data.components.0.content BASE_TYPE_BAD_LENGTH'],
	[
		'an input of 4,001',
		modal(labelled(input({ max_length: 4001 }))),
		'data.components.0.component.max_length NUMBER_TYPE_MAX',
	],
	[
		'a shortest above the longest',
		modal(labelled(input({ min_length: 5, max_length: 4 }))),
		'data.components.0.component.max_length TEXT_INPUT_LENGTHS',
	],
	[
		'a value above the longest',
		modal(labelled(input({ max_length: 4, value: x(5) }))),
		'data.components.0.component.value BASE_TYPE_MAX_LENGTH',
	],
	[
		'one custom id twice',
		modal(labelled(input()), labelled(input())),
		'data.components.1.component.custom_id COMPONENT_CUSTOM_ID_DUPLICATED',
	],
	[
		'a radio of one',
		modal(labelled({ type: 21, custom_id: 'r', options: [{ label: 'a', value: 'a' }] })),
		'data.components.0.component.options BASE_TYPE_BAD_LENGTH',
	],
	[
		'11 boxes',
		modal(labelled({ type: 22, custom_id: 'r', options: many(11, (at) => ({ label: 'a', value: `${at}` })) })),
		'data.components.0.component.options BASE_TYPE_BAD_LENGTH',
	],
	[
		'11 files',
		modal(labelled({ type: 19, custom_id: 'f', max_values: 11 })),
		'data.components.0.component.max_values NUMBER_TYPE_MAX',
	],
	['a box without id', modal(labelled({ type: 23 })), 'data.components.0.component.custom_id BASE_TYPE_REQUIRED'],
	['a separator in a label', modal(labelled({ type: 14 })), 'data.components.0.component.type UNION_TYPE_CHOICES'],
];

describe('what Discord refuses', () => {
	it('in commands', async () => {
		const { discord, client } = await stageWithClient();
		const path = `/applications/${discord.clientId}/commands` as const;
		expect(await unexpected(discord, COMMANDS, (body) => client.rest.post(path, { body }))).toEqual([]);
		const twice = [command(), command()];
		await expect(client.rest.put(path, { body: twice })).rejects.toThrow('APPLICATION_COMMANDS_DUPLICATE_NAME');
		expect(discord.commands.writes()).toBe(0);
	});

	it('in modals', async () => {
		const { discord, client } = await stageWithClient();
		await client.application.commands.create({ name: 'form', description: 'x' });
		const opened = Promise.withResolvers<{ id: string; token: string }>();
		client.on('interactionCreate', opened.resolve);
		const answer = discord.person('Ada').slash(discord.channel('Alpha', 'general'), 'form');
		const { id, token } = await opened.promise;
		const send = (data: object) =>
			client.rest.post(`/interactions/${id}/${token}/callback`, { body: { type: 9, data }, auth: false });
		expect(await unexpected(discord, MODALS, send)).toEqual([]);
		await send(modal(labelled(input())));
		expect((await answer).saw).toBe('modal');
	});

	it('in threads, autocompletions and deferrals', async () => {
		const { discord, client } = await stageWithClient();
		const [ada, general] = [discord.person('Ada'), discord.channel('Alpha', 'general')];
		const threads = `/channels/${general.id}/threads` as const;
		await expect(client.rest.post(threads, { body: { type: 11, name: '' } })).rejects.toMatchObject({ code: 50035 });
		const odd = { type: 11, name: 'a', auto_archive_duration: 61 };
		await expect(client.rest.post(threads, { body: odd })).rejects.toMatchObject({ code: 50035 });
		await client.application.commands.create(command(option({ autocomplete: true })) as never);
		client.on('interactionCreate', async (interaction) => {
			const { id, token } = interaction;
			const answer = (body: object) => client.rest.post(`/interactions/${id}/${token}/callback`, { body, auth: false });
			if (!interaction.isAutocomplete()) return void (await answer({ type: 5, data: { flags: V2 } }));
			const choices = many(26, (at) => ({ name: `${at}`, value: `${at}` }));
			await answer({ type: 8, data: { choices } }).catch(() =>
				answer({ type: 8, data: { choices: choices.slice(1) } }),
			);
		});
		const typed = await ada.autocomplete(general, 'massgen', 'question', { question: 'a' });
		expect(typed.choices).toHaveLength(25);
		await ada.slash(general, 'massgen');
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['form', 'form', 'form', 'ignored_flag']);
	});
});
