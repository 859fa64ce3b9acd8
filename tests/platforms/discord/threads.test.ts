import { ChannelType, Events, type ForumChannel, type TextChannel, ThreadAutoArchiveDuration } from 'discord.js';
import { describe, expect, it } from 'vitest';
import type { DiscordOptions } from './discord.ts';
import { createRunningClock } from './running-clock.ts';
import { stageWithClient } from './stage.ts';

async function withGeneral(options: DiscordOptions = {}) {
	const { discord, client } = await stageWithClient(options);
	const place = discord.channel('Alpha', 'general');
	const channel = (await client.channels.fetch(place.id)) as TextChannel;
	return { discord, client, place, channel, ada: discord.person('Ada') };
}

describe('a thread on a message', () => {
	it('has the id of the message, which stays in the channel', async () => {
		const { discord, client, channel, place } = await withGeneral();
		const board = await channel.send('Board');
		const thread = await board.startThread({ name: 'Why?', autoArchiveDuration: ThreadAutoArchiveDuration.OneHour });
		await thread.send('slot 1');

		expect(thread.id).toBe(board.id);
		expect(discord.threads(place).map(({ id }) => id)).toEqual([board.id]);
		await board.edit('Board 2');
		expect(discord.transcript(place)).toMatchInlineSnapshot(`
			"== #general
			MassGen (edited 1x):
			  Board 2
			    == thread "Why?"
			    MassGen:
			      slot 1"
		`);
		const again = client.rest.post(`/channels/${place.id}/messages/${board.id}/threads`, { body: { name: 'again' } });
		await expect(again).rejects.toMatchObject({ code: 160004 });
		expect(discord.violations).toEqual([]);
	});

	it('is refused where the bot lacks the right, and beyond the cap', async () => {
		const { discord, client, channel } = await withGeneral({ maxActiveThreads: 1 });
		const place = discord.channel('Alpha', 'no-threads');
		const board = await ((await client.channels.fetch(place.id)) as TextChannel).send('Board');
		await expect(board.startThread({ name: 'x' })).rejects.toMatchObject({ code: 50013 });
		const [one, two] = [await channel.send('1'), await channel.send('2')];
		await one.startThread({ name: 'x' });
		await expect(two.startThread({ name: 'x' })).rejects.toMatchObject({ code: 160006 });
		await expect(two.startThread({ name: 'x'.repeat(101) })).rejects.toMatchObject({ code: 50035 });
	});
});

describe('a thread without a message', () => {
	it('is public when asked for, private by default', async () => {
		const { discord, client, channel, place, ada } = await withGeneral();
		const open = await channel.threads.create({ name: 'open', type: ChannelType.PublicThread });
		expect(open.type).toBe(ChannelType.PublicThread);
		const body = { name: 'closed' };
		await expect(client.rest.post(`/channels/${place.id}/threads`, { body })).rejects.toMatchObject({ code: 50013 });
		ada.permitBot(place, { allow: ['CreatePrivateThreads'] });
		expect(await client.rest.post(`/channels/${place.id}/threads`, { body })).toMatchObject({
			type: ChannelType.PrivateThread,
		});
		expect(discord.transcript(place)).toContain('thread "closed"');
		await expect(client.rest.post(`/channels/${ada.dm.id}/threads`, { body })).rejects.toMatchObject({ code: 50024 });
	});
});

describe('an archived thread', () => {
	it('refuses edits, and opens when somebody writes', async () => {
		const { discord, channel, place, ada } = await withGeneral();
		const board = await channel.send('Board');
		const thread = await board.startThread({ name: 'run' });
		const slot = await thread.send('slot');
		await thread.setArchived(true);

		await expect(slot.edit('slot 2')).rejects.toMatchObject({ code: 50083 });
		await expect(slot.delete()).rejects.toMatchObject({ code: 50083 });
		await expect(slot.react('👍')).rejects.toMatchObject({ code: 50083 });
		await expect(thread.setName('x')).rejects.toMatchObject({ code: 50083 });
		await board.edit('the starter can be edited');
		await thread.setArchived(false);
		await slot.edit('slot 2');
		const state = discord.threads(place)[0];
		if (state === undefined) throw new Error('no thread');
		ada.archive(state);
		expect(discord.transcript(place)).toContain('thread "run" (archived)');
		await thread.send('back');
		expect(state.thread?.archived).toBe(false);
	});

	it('is archived by time', async () => {
		const clock = createRunningClock();
		const { channel } = await withGeneral({ clock });
		const thread = await (await channel.send('Board')).startThread({ name: 'run', autoArchiveDuration: 60 });
		const slot = await thread.send('slot');
		clock.advance(61 * 60_000);
		await expect(slot.edit('x')).rejects.toMatchObject({ code: 50083 });
	});

	it('stays closed to the bot when it is locked', async () => {
		const { discord, channel, place, ada } = await withGeneral();
		const thread = await (await channel.send('Board')).startThread({ name: 'run' });
		const state = discord.threads(place)[0];
		if (state === undefined) throw new Error('no thread');
		ada.lock(state);
		await expect(thread.send('x')).rejects.toMatchObject({ code: 160005 });
		await expect(thread.setLocked(false)).rejects.toMatchObject({ code: 50013 });
		ada.archive(state);
		await expect(thread.send('x')).rejects.toMatchObject({ code: 50083 });
		ada.permitBot(place, { allow: ['ManageThreads'] });
		await thread.setArchived(false);
		await thread.setLocked(false);
		await thread.send('open again');
	});
});

describe('members of a thread', () => {
	it('are whoever wrote in it or was added', async () => {
		const { discord, client, channel, place, ada } = await withGeneral();
		const thread = await (await channel.send('Board')).startThread({ name: 'run' });
		const state = discord.threads(place)[0];
		if (state === undefined) throw new Error('no thread');
		ada.say(state, 'me too');
		await thread.members.add(discord.person('Ben').user.id);
		expect((await thread.members.fetch()).size).toBe(3);
		await thread.leave();
		await thread.join();
		expect([...(state.thread?.members ?? [])].at(-1)).toBe(client.user.id);
		await expect(thread.members.remove(ada.user.id)).rejects.toMatchObject({ code: 50013 });
	});
});

describe('a forum', () => {
	it('takes posts whose first message has the id of the post', async () => {
		const { discord, client, ada } = await withGeneral();
		const place = discord.channel('Alpha', 'questions');
		const forum = (await client.channels.fetch(place.id)) as ForumChannel;
		const posted = await forum.threads.create({ name: 'Why?', message: { content: 'Board' } });
		await posted.send('slot');
		expect((await posted.fetchStarterMessage())?.content).toBe('Board');
		const heard = new Promise<string>((resolve) => client.once(Events.ThreadCreate, ({ name }) => resolve(name)));
		ada.post(place, 'How?', 'Like this?');
		expect(await heard).toBe('How?');
		expect(discord.transcript(place)).toMatchInlineSnapshot(`
			"== #questions
			    == thread "Why?"
			    MassGen:
			      Board
			    MassGen:
			      slot
			    == thread "How?"
			    Ada:
			      Like this?"
		`);
		await expect(client.rest.post(`/channels/${place.id}/messages`, { body: { content: 'x' } })).rejects.toMatchObject({
			code: 50008,
		});
		place.flags = 1 << 4;
		await expect(forum.threads.create({ name: 'x', message: { content: 'y' } })).rejects.toMatchObject({ code: 40067 });
		const ping = { name: 'x', message: { content: `<@${ada.user.id}>` }, applied_tags: ['1'] };
		await client.rest.post(`/channels/${place.id}/threads`, { body: ping });
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['careless_mention']);
	});
});
