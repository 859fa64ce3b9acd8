import { Routes, SlashCommandBuilder } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { stageWithClient } from './stage.ts';

const help = new SlashCommandBuilder()
	.setName('help')
	.setDescription('How it works')
	.setNameLocalizations({ de: 'hilfe' })
	.addStringOption((option) => option.setName('topic').setDescription('About what').setRequired(false));

describe('commands', () => {
	it('are registered globally and in a server, and every write is counted', async () => {
		const { discord, client } = await stageWithClient();
		const guildId = discord.guildId('Alpha');
		const made = await client.application.commands.create(help);
		const again = await client.application.commands.create(help);
		expect([again.id, discord.commands.writes()]).toEqual([made.id, 2]);

		const fetched = await client.application.commands.fetch({ withLocalizations: true });
		expect(fetched.get(made.id)?.nameLocalizations).toEqual({ de: 'hilfe' });
		const [bare] = (await client.rest.get(Routes.applicationCommands(discord.clientId))) as object[];
		expect(Object.keys(bare ?? {})).not.toContain('name_localizations');
		expect(fetched.get(made.id)?.equals({ ...JSON.parse(JSON.stringify(help)), integration_types: [0] })).toBe(true);
		expect(discord.commands.writes()).toBe(2);

		const [own] = (await client.application.commands.set([help.toJSON()], guildId)).values();
		const changed = await client.application.commands.edit(own?.id ?? '', { description: 'New' }, guildId);
		expect([changed.id, changed.description]).toEqual([own?.id, 'New']);
		expect(
			await client.rest.get(Routes.applicationGuildCommand(discord.clientId, guildId, own?.id ?? '')),
		).toMatchObject({ description: 'New' });
		expect([discord.commands.of(guildId).length, discord.commands.of(null).length]).toEqual([1, 1]);
		await client.application.commands.delete(own?.id ?? '', guildId);
		expect([discord.commands.of(guildId), discord.commands.writes()]).toEqual([[], 5]);
		await expect(client.application.commands.delete('1')).rejects.toMatchObject({ code: 10063 });
		expect(discord.requests.writes('GET *')).toHaveLength(0);
		expect(discord.requests.writes('PUT /applications/*')).toHaveLength(1);
		expect(discord.violations).toEqual([]);
	});

	it('are shown only where they are meant to be', async () => {
		const { discord, client } = await stageWithClient();
		const [ada, ben] = [discord.person('Ada'), discord.person('Ben')];
		const general = discord.channel('Alpha', 'general');
		await client.application.commands.set([
			{ name: 'admin', description: 'x', defaultMemberPermissions: '8' },
			{ name: 'servers', description: 'x', contexts: [0] },
		]);
		const body = { name: 'old', description: 'x', dm_permission: false };
		await client.rest.post(Routes.applicationCommands(discord.clientId), { body });
		const here = discord.fail({ route: 'POST /interactions*' }, { type: 'hold' });
		client.on('interactionCreate', (interaction) => interaction.isRepliable() && void interaction.reply('ok'));
		const answer = ada.slash(general, 'admin');
		here.release();
		expect((await answer).saw).toBe('message');
		await expect(async () => ben.slash(general, 'admin')).rejects.toThrow('Ben is not shown the command admin');
		await expect(async () => ben.slash(ben.dm, 'servers')).rejects.toThrow('not shown');
		await expect(async () => ben.slash(ben.dm, 'old')).rejects.toThrow('not shown');
	});

	it('have a limit of 100 and of 200 creations a day', async () => {
		const { discord, client } = await stageWithClient();
		const many = (from: number, count: number) =>
			Array.from({ length: count }, (_, at) => ({ name: `c${from + at}`, description: 'x' }));
		await expect(client.application.commands.set(many(0, 101))).rejects.toMatchObject({ code: 30032 });
		const guildId = discord.guildId('Beta');
		await client.application.commands.set(many(0, 100), guildId);
		await client.application.commands.set(many(100, 100), guildId);
		await expect(
			client.rest.post(Routes.applicationGuildCommands(discord.clientId, guildId), { body: many(200, 1)[0] ?? {} }),
		).rejects.toMatchObject({ code: 30034 });
	});
});
