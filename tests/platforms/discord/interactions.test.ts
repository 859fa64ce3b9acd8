import {
	ActionRowBuilder,
	ApplicationCommandType,
	ButtonBuilder,
	ButtonStyle,
	type Client,
	ContextMenuCommandBuilder,
	Events,
	type Interaction,
	MessageFlags,
	SlashCommandBuilder,
	StringSelectMenuBuilder,
} from 'discord.js';
import { describe, expect, it } from 'vitest';
import type { DiscordOptions } from './discord.ts';
import { createRunningClock } from './running-clock.ts';
import { stageWithClient } from './stage.ts';
import type { Message } from './world.ts';

const MASSGEN = new SlashCommandBuilder()
	.setName('massgen')
	.setDescription('A team answers')
	.addSubcommand((sub) =>
		sub
			.setName('ask')
			.setDescription('Ask the team')
			.addStringOption((option) =>
				option.setName('question').setDescription('What to answer').setRequired(true).setMaxLength(100),
			)
			.addStringOption((option) => option.setName('team').setDescription('Who answers').setAutocomplete(true))
			.addIntegerOption((option) => option.setName('rounds').setDescription('How often').setMinValue(1).setMaxValue(3))
			.addStringOption((option) =>
				option.setName('verbosity').setDescription('How much').addChoices({ name: 'quiet', value: 'quiet' }),
			)
			.addBooleanOption((option) => option.setName('private').setDescription('For you alone'))
			.addUserOption((option) => option.setName('approver').setDescription('Who approves'))
			.addRoleOption((option) => option.setName('role').setDescription('Which role approves'))
			.addChannelOption((option) => option.setName('place').setDescription('Where'))
			.addAttachmentOption((option) => option.setName('file').setDescription('Something to read')),
	);
const ABOUT_THIS = new ContextMenuCommandBuilder().setName('Ask the team').setType(ApplicationCommandType.Message);

/** A fake with the commands registered, and what the bot does with an interaction. */
async function withBot(act: (interaction: Interaction) => unknown, options: DiscordOptions = {}) {
	const { discord, client } = await stageWithClient(options);
	await client.application.commands.set([MASSGEN.toJSON(), ABOUT_THIS.toJSON()]);
	const refused: { code: unknown }[] = [];
	client.on(Events.InteractionCreate, (interaction) => {
		Promise.resolve(act(interaction)).catch((error: { code: unknown }) => refused.push(error));
	});
	const general = discord.channel('Alpha', 'general');
	const codes = () => refused.map(({ code }) => code);
	return { discord, client: client as Client, ada: discord.person('Ada'), ben: discord.person('Ben'), general, codes };
}

const there = (message: Message | null | undefined): Message => {
	if (!message) throw new Error('there is no such message');
	return message;
};
const stop = (disabled = false) =>
	new ActionRowBuilder<ButtonBuilder>().addComponents(
		new ButtonBuilder().setCustomId('stop:1').setLabel('Stop').setStyle(ButtonStyle.Danger).setDisabled(disabled),
	);

describe('a slash command', () => {
	it('is deferred for the person alone, then answered', async () => {
		const { discord, ada, ben, general } = await withBot(async (command) => {
			if (!command.isChatInputCommand()) return;
			await command.deferReply({ flags: MessageFlags.Ephemeral });
			await command.editReply(`Working on: ${command.options.getString('question', true)}`);
		});

		const answer = await ada.slash(general, 'massgen ask', { question: 'Why?' });

		expect([answer.saw, answer.ephemeral]).toEqual(['thinking', true]);
		await discord.until('the answer', () => answer.message()?.content === 'Working on: Why?');
		expect(discord.messages(general, ben)).toEqual([]);
		expect(discord.transcript(general, ada)).toMatchInlineSnapshot(`
			"== #general
			MassGen (answers /massgen ask, only for Ada, edited 1x):
			  Working on: Why?"
		`);
		expect(discord.violations).toEqual([]);
	});

	it('brings every kind of option, a file to download and the language of the person', async () => {
		const seen: unknown[] = [];
		const { discord, ben, ada, general } = await withBot(async (command) => {
			if (!command.isChatInputCommand()) return;
			const { options, locale, memberPermissions } = command;
			const file = options.getAttachment('file', true);
			const text = await (await fetch(file.url)).text();
			seen.push(
				locale,
				memberPermissions?.has('SendMessages'),
				options.getInteger('rounds'),
				options.getBoolean('private'),
			);
			seen.push(options.getUser('approver')?.username, options.getRole('role')?.name, options.getChannel('place')?.id);
			seen.push([file.name, file.contentType, file.size, text]);
			await command.reply('read');
		});
		ben.giveRole(general, 'Approvers', ada.user);
		const file = { name: 'notes.txt', contentType: 'text/plain', bytes: Buffer.from('Hallo') };

		const answer = await ben.slash(general, 'massgen ask', {
			question: 'x',
			rounds: 2,
			private: true,
			approver: ada.user.id,
			role: discord.roleId('Alpha', 'Approvers'),
			place: general.id,
			verbosity: 'quiet',
			file,
		});

		expect(answer.saw).toBe('message');
		expect(seen).toEqual([
			'de',
			true,
			2,
			true,
			'ada',
			'Approvers',
			general.id,
			['notes.txt', 'text/plain', 5, 'Hallo'],
		]);
	});

	it('proposes choices while the person types', async () => {
		const { ada, general } = await withBot(async (typing) => {
			if (typing.isAutocomplete()) await typing.respond([{ name: typing.options.getFocused(), value: 'fast' }]);
		});

		const answer = await ada.autocomplete(general, 'massgen ask', 'team', { question: 'x', team: 'fa' });

		expect([answer.saw, answer.choices]).toEqual(['choices', [{ name: 'fa', value: 'fast' }]]);
	});

	it('is not sent by a client that knows better', async () => {
		const { ada, general, discord } = await withBot(() => {});
		const ask =
			(options: Record<string, string | number>, path = 'massgen ask') =>
			async () =>
				ada.slash(general, path, options);

		await expect(ask({})).rejects.toThrow('the option question is required');
		await expect(ask({ question: 'x'.repeat(101) })).rejects.toThrow('0 to 100 characters');
		await expect(ask({ question: 'x', rounds: 4 })).rejects.toThrow('from 1 to 3');
		await expect(ask({ question: 'x', verbosity: 'loud' })).rejects.toThrow('no choice loud');
		await expect(ask({ question: 'x', size: 1 })).rejects.toThrow('no option size');
		await expect(ask({}, 'massgen')).rejects.toThrow('a sub-command has to be named');
		await expect(ask({}, 'massgen bask')).rejects.toThrow('no sub-command bask');
		await expect(ask({}, 'other')).rejects.toThrow('no command other');
		await expect(async () => ada.autocomplete(general, 'massgen ask', 'question', { question: 'x' })).rejects.toThrow(
			'proposes nothing',
		);
		await expect(async () =>
			discord.person('Cho').slash(discord.channel('Beta', 'general'), 'massgen ask', { question: 'x' }),
		).rejects.toThrow('not shown');
	});

	it('works in a DM', async () => {
		const { ada, discord } = await withBot((command) => command.isChatInputCommand() && command.reply('hello'));
		const answer = await ada.slash(ada.dm, 'massgen ask', { question: 'x' });
		expect(answer.message()?.content).toBe('hello');
		expect(discord.transcript(ada.dm)).toContain('== DM');
	});

	it('comes twice with one id when the delivery is doubled', async () => {
		const ids: string[] = [];
		const both = Promise.withResolvers<void>();
		const { ada, general } = await withBot(async (command) => {
			ids.push(command.id);
			if (ids.length === 2) both.resolve();
			else if (command.isChatInputCommand()) await command.reply('once');
		});
		await ada.slash(general, 'massgen ask', { question: 'x' }, { twice: true });
		await both.promise;
		expect(new Set(ids).size).toBe(1);
	});
});

describe('a message command', () => {
	it('brings the message, also when its text is withheld elsewhere', async () => {
		const { ada, ben, general, codes } = await withBot(async (command) => {
			if (command.isMessageContextMenuCommand()) await command.reply(`about: ${command.targetMessage.content}`);
		});
		const message = ben.say(general, 'Tabs or spaces?');

		const answer = await ada.messageCommand(message, 'Ask the team');

		expect(answer.message()?.content).toBe('about: Tabs or spaces?');
		expect(codes()).toEqual([]);
	});
});

describe('buttons and menus', () => {
	it('update their message, or are taken without a sign', async () => {
		const { discord, ada, general } = await withBot(async (act) => {
			if (act.isChatInputCommand()) await act.reply({ content: 'Board', components: [stop()] });
			if (act.isButton() && act.customId === 'stop:1') await act.update({ content: 'Stopped', components: [] });
			if (act.isButton()) await act.deferUpdate();
		});
		const board = there((await ada.slash(general, 'massgen ask', { question: 'x' })).message());

		expect((await ada.press(board, 'later:9', { forged: true })).saw).toBe('nothing');
		expect((await ada.press(board, 'Stop')).saw).toBe('update');
		expect(board.history.map(({ content }) => content)).toEqual(['Board']);
		await expect(async () => ada.press(board, 'Stop')).rejects.toThrow('no button Stop');
		expect(discord.violations).toEqual([]);
	});

	it('cannot be pressed when disabled, gone or shown to somebody else', async () => {
		const { ada, ben, general } = await withBot(async (act) => {
			if (act.isChatInputCommand())
				await act.reply({ content: 'Yours', components: [stop(true)], flags: MessageFlags.Ephemeral });
		});
		const answer = await ada.slash(general, 'massgen ask', { question: 'x' });
		const message = there(answer.message());
		await expect(async () => ada.press(message, 'Stop')).rejects.toThrow('disabled');
		await expect(async () => ben.press(message, 'Stop')).rejects.toThrow('does not see that message');
	});

	it('bring what was chosen', async () => {
		const options = [
			{ label: 'Ada', value: 'a' },
			{ label: 'Ben', value: 'b' },
		];
		const select = new StringSelectMenuBuilder().setCustomId('who').setPlaceholder('Who?').addOptions(options);
		const { discord, ada, general } = await withBot(async (act) => {
			if (act.isChatInputCommand())
				await act.reply({
					content: 'Pick',
					components: [new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(select)],
				});
			if (act.isStringSelectMenu()) await act.reply({ content: act.values.join(), flags: MessageFlags.Ephemeral });
		});
		const menu = there((await ada.slash(general, 'massgen ask', { question: 'x' })).message());
		expect(discord.transcript(general)).toContain('<Who?: Ada | Ben>');

		const answer = await ada.choose(menu, 'Who?', ['b']);

		expect([answer.ephemeral, answer.message()?.content]).toEqual([true, 'b']);
		await expect(async () => ada.choose(menu, 'Who?', ['c'])).rejects.toThrow('c cannot be chosen');
		await expect(async () => ada.choose(menu, 'Where?', ['a'])).rejects.toThrow('no select Where?');
	});
});

describe('deadlines', () => {
	it('let an interaction die after three seconds', async () => {
		const clock = createRunningClock();
		const late = Promise.withResolvers<void>();
		const { discord, ada, general } = await withBot(
			async (command) => {
				await late.promise;
				if (command.isChatInputCommand()) await command.reply('too late');
			},
			{ clock },
		);
		const asked = ada.slash(general, 'massgen ask', { question: 'x' });
		clock.advance(3000);

		expect((await asked).saw).toBe('failed');
		late.resolve();
		await discord.until('the refusal', () => discord.requests.of('POST /interactions*').at(-1)?.code === 10062);
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['unacknowledged']);
	});

	it('allow one answer', async () => {
		const { discord, ada, general, client } = await withBot(
			(command) => command.isChatInputCommand() && command.reply('one'),
		);
		const { id, token } = await ada.slash(general, 'massgen ask', { question: 'x' });

		const again = client.rest.post(`/interactions/${id}/${token}/callback`, {
			body: { type: 4, data: { content: 'two' } },
			auth: false,
		});

		await expect(again).rejects.toMatchObject({ code: 40060, status: 400 });
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['acknowledged_twice']);
	});

	it('end a token after fifteen minutes', async () => {
		const clock = createRunningClock();
		const { discord, ada, general, client } = await withBot((act) => act.isChatInputCommand() && act.deferReply(), {
			clock,
		});
		const { token } = await ada.slash(general, 'massgen ask', { question: 'x' });
		clock.advance(15 * 60_000);

		const path = `/webhooks/${discord.clientId}/${token}/messages/@original` as const;
		await expect(client.rest.patch(path, { body: { content: 'late' }, auth: false })).rejects.toMatchObject({
			code: 50027,
		});
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['token_expired']);
		const strange = client.rest.get(`/webhooks/${discord.clientId}/nobody/messages/@original`, { auth: false });
		await expect(strange).rejects.toMatchObject({ code: 50027 });
		const other = client.rest.get(`/webhooks/1/${token}/messages/@original`, { auth: false });
		await expect(other).rejects.toMatchObject({ code: 10015 });
	});
});

describe('what follows an answer', () => {
	it('can be read, edited and deleted', async () => {
		const { discord, ada, general, codes } = await withBot(async (command) => {
			if (!command.isChatInputCommand()) return;
			const { resource } = await command.reply({ content: 'first', withResponse: true });
			const second = await command.followUp({ content: 'second', flags: MessageFlags.Ephemeral });
			await command.editReply({ content: 'changed', message: second.id });
			await command.followUp('third');
			if ((await command.fetchReply()).id === resource?.message?.id) await command.deleteReply();
		});
		const answer = await ada.slash(general, 'massgen ask', { question: 'x' });

		await discord.until('the deletion', () => answer.message() === null);
		expect(answer.followUps().map(({ content, ephemeralFor }) => [content, ephemeralFor !== null])).toEqual([
			['changed', true],
			['third', false],
		]);
		expect([codes(), discord.violations]).toEqual([[], []]);
	});

	it('fills the thinking message first', async () => {
		const { discord, ada, general } = await withBot(async (command) => {
			if (!command.isChatInputCommand()) return;
			await command.deferReply();
			await command.followUp('done');
		});
		const answer = await ada.slash(general, 'massgen ask', { question: 'x' });
		await discord.until('the follow-up', () => answer.message()?.content === 'done');
		expect(answer.followUps()).toEqual([]);
	});
});
