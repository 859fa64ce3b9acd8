import { type Client, type ClientEvents, Events, type GuildBasedChannel } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { stageWithClient } from './stage.ts';

/** What `pick` makes of the next event of a kind. */
const next = <T>(client: Client, event: keyof ClientEvents, pick: (...values: never[]) => T): Promise<T> =>
	new Promise((resolve) => client.once(event, (...values: unknown[]) => resolve(pick(...(values as never[])))));

async function withAda() {
	const { discord, client } = await stageWithClient();
	return { discord, client, ada: discord.person('Ada'), general: discord.channel('Alpha', 'general') };
}

describe('what people do reaches the bot', () => {
	it('when they write, edit and delete', async () => {
		const { client, ada, general, discord } = await withAda();
		const made = next(client, Events.MessageCreate, ({ id }: { id: string }) => id);
		const message = ada.say(general, 'first');
		expect(await made).toBe(message.id);
		const changed = next(client, Events.MessageUpdate, (_, { id }: { id: string }) => id);
		ada.edit(message, 'second');
		expect(await changed).toBe(message.id);
		const gone = next(client, Events.MessageDelete, ({ id }: { id: string }) => id);
		ada.delete(message);
		expect(await gone).toBe(message.id);
		expect(() => ada.delete(message)).toThrow('that message is gone');
		const bens = discord.person('Ben').say(general, 'x');
		expect(() => ada.edit(bens, 'y')).toThrow('only the author');
	});

	it('when they start and close threads', async () => {
		const { client, ada, general } = await withAda();
		const made = next(client, Events.ThreadCreate, ({ name }: { name: string }) => name);
		const thread = ada.startThread(ada.say(general, 'talk'), 'about it');
		expect(await made).toBe('about it');
		const closed = next(client, Events.ThreadUpdate, (_, { archived }: { archived: boolean }) => archived);
		ada.archive(thread);
		expect(await closed).toBe(true);
		const gone = next(client, Events.ThreadDelete, ({ id }: { id: string }) => id);
		ada.deleteChannel(thread);
		expect(await gone).toBe(thread.id);
		expect(() => ada.lock(general)).toThrow('no thread');
		expect(() => ada.post(general, 'x', 'y')).toThrow('no forum');
	});

	it('when they delete a channel with its threads', async () => {
		const { discord, client, ada, general } = await withAda();
		ada.startThread(ada.say(general, 'talk'), 'about it');
		const gone = next(client, Events.ChannelDelete, ({ id }: GuildBasedChannel) => id);
		ada.deleteChannel(general);
		expect(await gone).toBe(general.id);
		expect(discord.threads(general)).toEqual([]);
		await expect(client.rest.get(`/channels/${general.id}`)).rejects.toMatchObject({ code: 10003 });
		expect(() => ada.say(general, 'x')).toThrow('cannot write');
	});

	it('when they change what the bot may do', async () => {
		const { discord, client, ada, general } = await withAda();
		const own = (id: string) => (client.channels.cache.get(id) as GuildBasedChannel).permissionsFor(client.user);
		expect(own(general.id)?.has('SendMessages')).toBe(true);
		expect(own(discord.channel('Alpha', 'no-threads').id)?.has('CreatePublicThreads')).toBe(false);
		const changed = next(client, Events.ChannelUpdate, () => true);
		ada.permitBot(general, { deny: ['SendMessages'] });
		await changed;
		expect(own(general.id)?.has('SendMessages')).toBe(false);
	});

	it('when they throw it out', async () => {
		const { discord, client, ada, general } = await withAda();
		const left = next(client, Events.GuildDelete, ({ name }: { name: string }) => name);
		ada.removeBot(general);
		expect(await left).toBe('Alpha');
		await expect(client.rest.get(`/guilds/${discord.guildId('Alpha')}`)).rejects.toMatchObject({ code: 50001 });
		await expect(client.rest.get(`/channels/${general.id}`)).rejects.toMatchObject({ code: 50001 });
	});
});

describe('servers and people', () => {
	it('are known to the REST API', async () => {
		const { discord, client } = await withAda();
		const guild = await client.guilds.fetch({ guild: discord.guildId('Beta'), force: true });
		const ben = await guild.members.fetch({ user: discord.person('Ben').user.id, force: true });
		const channels = await guild.channels.fetch();
		const roles = await guild.roles.fetch();
		expect([ben.displayName, channels.size, roles.map(({ name }) => name).sort()]).toEqual([
			'Ben',
			5,
			['@everyone', 'Approvers', 'MassGen'],
		]);
		expect((await guild.channels.fetchActiveThreads()).threads.size).toBe(0);
		expect((await client.guilds.fetch()).map(({ name }) => name)).toEqual(['Alpha', 'Beta']);
		expect((await client.application.fetch()).flags?.bitfield).toBe(0);
		await expect(guild.members.fetch(discord.person('Cho').user.id)).rejects.toMatchObject({ code: 10007 });
		await expect(client.rest.get('/guilds/1')).rejects.toMatchObject({ code: 10004 });
		await expect(client.users.fetch('1')).rejects.toMatchObject({ code: 10013 });
		expect(await client.rest.get('/users/@me')).toMatchObject({ id: discord.clientId, bot: true });
		expect(discord.violations).toEqual([]);
	});

	it('have channels of the same name', async () => {
		const { discord } = await withAda();
		const both = [discord.channel('Alpha', 'general'), discord.channel('Beta', 'general')];
		expect(new Set(both.map(({ id }) => id)).size).toBe(2);
		discord.person('Dov').say(discord.channel('Beta', 'general'), 'only here');
		expect(discord.messages(discord.channel('Alpha', 'general'))).toEqual([]);
		expect(() => discord.person('Dov').say(discord.channel('Alpha', 'general'), 'x')).toThrow(
			'Dov cannot write in #general',
		);
	});
});
