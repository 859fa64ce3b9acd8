import {
	ActionRowBuilder,
	ButtonBuilder,
	ButtonStyle,
	type ChatInputCommandInteraction,
	type Client,
	Events,
	type Interaction,
	MessageFlags,
	SlashCommandBuilder,
} from 'discord.js';
import { describe, expect, it } from 'vitest';
import type { FakeDiscord } from './discord.ts';
import { stageWithClient } from './stage.ts';

const ask = new SlashCommandBuilder()
	.setName('massgen')
	.setDescription('A team answers')
	.addSubcommand((sub) =>
		sub
			.setName('ask')
			.setDescription('Ask the team')
			.addStringOption((option) => option.setName('question').setDescription('What to answer').setRequired(true))
			.addStringOption((option) => option.setName('team').setDescription('Who answers').setAutocomplete(true))
			.addAttachmentOption((option) => option.setName('file').setDescription('Something to read')),
	);

async function withCommand() {
	const { discord, client } = await stageWithClient();
	await client.application.commands.set([ask.toJSON()]);
	return { discord, client, ada: discord.person('Ada'), general: discord.channel('Alpha', 'general') };
}

const onCommand = (client: Client, act: (command: ChatInputCommandInteraction) => Promise<unknown>) =>
	client.on(Events.InteractionCreate, (interaction: Interaction) => {
		if (interaction.isChatInputCommand()) void act(interaction);
	});

const stopRow = (label = 'Stop') =>
	new ActionRowBuilder<ButtonBuilder>().addComponents(
		new ButtonBuilder().setCustomId('stop:1').setLabel(label).setStyle(ButtonStyle.Danger),
	);

const requireClean = (discord: FakeDiscord) => expect(discord.violations).toEqual([]);

describe('a slash command', () => {
	it('is deferred for the person alone, then answered', async () => {
		const { discord, client, ada, general } = await withCommand();
		onCommand(client, async (command) => {
			await command.deferReply({ flags: MessageFlags.Ephemeral });
			await command.editReply(`Working on: ${command.options.getString('question', true)}`);
		});

		const answer = await ada.slash(general, 'massgen ask', { question: 'Why is the sky blue?' });

		expect([answer.saw, answer.ephemeral]).toEqual(['thinking', true]);
		await discord.until('the answer', () => answer.message()?.content.startsWith('Working on'));
		expect(answer.message()?.content).toBe('Working on: Why is the sky blue?');
		expect(discord.messages(general, discord.person('Ben'))).toEqual([]);
		requireClean(discord);
	});
	it('takes a button press on its answer', async () => {
		const { discord, client, ada, general } = await withCommand();
		onCommand(client, (command) => command.reply({ content: 'Board', components: [stopRow()] }));
		client.on(Events.InteractionCreate, (interaction) => {
			if (interaction.isButton()) void interaction.update({ content: `stopped ${interaction.customId}`, components: [] });
		});
		const answer = await ada.slash(general, 'massgen ask', { question: 'x' });
		const board = answer.message();
		if (board === null) throw new Error('no board');

		const pressed = await ada.press(board, 'Stop');

		expect(pressed.saw).toBe('update');
		expect(discord.transcript(general)).toMatchInlineSnapshot(`
			"== #general
			MassGen (answers /massgen ask, edited 1x):
			  stopped stop:1"
		`);
		requireClean(discord);
	});
});
