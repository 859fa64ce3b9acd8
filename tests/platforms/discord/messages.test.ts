import {
	ContainerBuilder,
	Events,
	type Message,
	MessageFlags,
	type SendableChannels,
	TextDisplayBuilder,
} from 'discord.js';
import { describe, expect, it } from 'vitest';
import type { DiscordOptions } from './discord.ts';
import { createRunningClock } from './running-clock.ts';
import type { ChannelName } from './seed.ts';
import { stageWithClient } from './stage.ts';

async function withChannel(options: DiscordOptions = {}, name: ChannelName = 'general') {
	const { discord, client } = await stageWithClient(options);
	const place = discord.channel('Alpha', name);
	const channel = (await client.channels.fetch(place.id)) as SendableChannels;
	return { discord, client, place, channel, ada: discord.person('Ada') };
}

const post = `POST /channels/:channel/messages`;

describe('a message of the bot', () => {
	it('is sent, edited and deleted, and its history kept', async () => {
		const { discord, channel, place } = await withChannel();
		const message = await channel.send({ content: 'Working', flags: MessageFlags.SuppressNotifications });
		await message.edit('Done');

		expect(discord.transcript(place)).toBe('== #general\nMassGen (silent, edited 1x):\n  Done');
		expect(discord.messages(place)[0]?.history.map(({ content }) => content)).toEqual(['Working']);
		await message.delete();
		expect(discord.messages(place)).toEqual([]);
		await expect(message.edit('x')).rejects.toMatchObject({ code: 10008 });
		expect(discord.violations).toEqual([]);
	});

	it('turns into components by an edit and never back', async () => {
		const { discord, channel, place } = await withChannel();
		const board = new ContainerBuilder().addTextDisplayComponents(new TextDisplayBuilder().setContent('**Round 1**'));
		const message = await channel.send('Board');

		await message.edit({ content: null, components: [board], flags: MessageFlags.IsComponentsV2 });

		expect(discord.transcript(place)).toContain('| **Round 1**');
		await message.edit({ components: [board] });
		const back = message.edit({ flags: MessageFlags.SuppressEmbeds, components: [board] });
		await expect(back).rejects.toMatchObject({ code: 50035 });
		await expect(
			channel.send({ content: 'x', components: [board], flags: MessageFlags.IsComponentsV2 }),
		).rejects.toMatchObject({
			rawError: { errors: { content: { _errors: [{ code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2' }] } } },
		});
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['form', 'form']);
	});

	it('carries files that can be downloaded, up to the limit', async () => {
		const { channel, discord, place, ada } = await withChannel({ maxFileBytes: 10 });
		const files = [{ attachment: Buffer.from('a,b'), name: 'table.csv', description: 'numbers' }];
		const message = await channel.send({ content: 'see', files });

		const [file] = [...message.attachments.values()];
		expect([file?.name, file?.description, file?.size]).toEqual(['table.csv', 'numbers', 3]);
		expect(await (await fetch(file?.url ?? '')).text()).toBe('a,b');
		expect((await fetch(`${file?.url}x`.replace('table', 'other'))).status).toBe(404);
		const big = channel.send({ files: [{ attachment: Buffer.alloc(11), name: 'big.bin' }] });
		await expect(big).rejects.toMatchObject({ code: 40005, status: 413 });
		await message.edit({ content: 'gone', attachments: [] });
		expect(there(discord.messages(place)[0]).attachments).toEqual([]);
		ada.permitBot(place, { deny: ['AttachFiles'] });
		await expect(channel.send({ content: 'see', files })).rejects.toMatchObject({ code: 50013 });
	});

	it('is sent once for one nonce', async () => {
		const { discord, channel, place } = await withChannel();
		const first = await channel.send({ content: 'a', nonce: 'run-1', enforceNonce: true });
		const second = await channel.send({ content: 'a', nonce: 'run-1', enforceNonce: true });

		expect(second.id).toBe(first.id);
		expect([discord.messages(place).length, discord.violations]).toEqual([1, []]);
		expect(discord.read(there(discord.messages(place)[0]))).toBe('a');
		await channel.send({ content: 'b', nonce: 'run-1', enforceNonce: true });
		await channel.send({ content: 'a', nonce: 'run-1', enforceNonce: false });
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['duplicate_post', 'duplicate_post']);
	});

	it('may use a nonce again when it is forgotten', async () => {
		const clock = createRunningClock();
		const { discord, channel, place } = await withChannel({ clock });
		await channel.send({ content: 'a', nonce: 'n', enforceNonce: true });
		clock.advance(6 * 60_000);
		await channel.send({ content: 'a', nonce: 'n', enforceNonce: true });
		expect(discord.messages(place)).toHaveLength(2);
	});

	it('pings nobody unless each is named', async () => {
		const { discord, client, channel, place, ada } = await withChannel();
		const role = discord.roleId('Alpha', 'Approvers');
		ada.permitBot(place, { allow: ['MentionEveryone'] });
		const content = `@everyone <@${ada.user.id}> <@&${role}>`;
		const quiet = await channel.send(content);
		await channel.send({ content, allowedMentions: { users: [ada.user.id] } });
		expect([quiet.mentions.users.size, discord.violations]).toEqual([0, []]);

		await client.rest.post(`/channels/${place.id}/messages`, { body: { content } });

		expect(discord.violations.map(({ message }) => message)).toEqual([
			`a message in #general pings @everyone, <@${ada.user.id}>, <@&${role}>`,
		]);
	});

	it('answers a message, if it is there and may be read', async () => {
		const { discord, client, channel, place, ada } = await withChannel();
		const question = ada.say(place, 'Why?');
		const reply = await channel.send({ content: 'So.', reply: { messageReference: question.id } });
		expect((await reply.fetchReference()).author.username).toBe('ada');
		ada.delete(question);
		const lost = { content: 'x', message_reference: { message_id: question.id } };
		await expect(client.rest.post(`/channels/${place.id}/messages`, { body: lost })).rejects.toMatchObject({
			code: 50035,
		});
		ada.permitBot(place, { deny: ['ReadMessageHistory'] });
		await expect(client.rest.post(`/channels/${place.id}/messages`, { body: lost })).rejects.toMatchObject({
			code: 160002,
		});
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['form']);
	});

	it('is not ephemeral in a channel', async () => {
		const { discord, client, place } = await withChannel();
		await client.rest.post(`/channels/${place.id}/messages`, { body: { content: 'secret', flags: 64 } });
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['ignored_flag']);
	});

	it('is refused where the bot may not write or does not see', async () => {
		const { discord, client, channel, ada, place } = await withChannel({}, 'read-only');
		await expect(channel.send('x')).rejects.toMatchObject({ code: 50013, status: 403 });
		const hidden = discord.channel('Alpha', 'hidden').id;
		await expect(client.rest.get(`/channels/${hidden}`)).rejects.toMatchObject({ code: 50001 });
		await expect(client.rest.get('/channels/1')).rejects.toMatchObject({ code: 10003 });
		const theirs = ada.say(place, 'mine');
		await expect(
			client.rest.patch(`/channels/${place.id}/messages/${theirs.id}`, { body: { content: 'x' } }),
		).rejects.toMatchObject({ code: 50005 });
		await expect(client.rest.delete(`/channels/${place.id}/messages/${theirs.id}`)).rejects.toMatchObject({
			code: 50013,
		});
		expect(discord.invalidRequests()).toBe(4);
	});
});

describe('a channel', () => {
	it('lists its messages newest first, in pages', async () => {
		const { channel, place, client, ada } = await withChannel();
		for (const text of ['1', '2', '3', '4']) await channel.send(text);
		const listed = await channel.messages.fetch({ limit: 2 });
		expect([...listed.values()].map(({ content }) => content)).toEqual(['4', '3']);
		const older = await channel.messages.fetch({ before: [...listed.keys()][1] ?? '', limit: 1 });
		expect([...older.values()].map(({ content }) => content)).toEqual(['2']);
		const middle = await channel.messages.fetch({ around: [...older.keys()][0] ?? '', limit: 3 });
		expect([...middle.values()].map(({ content }) => content)).toEqual(['3', '2', '1']);
		await expect(client.rest.get(`/channels/${place.id}/messages?limit=101`)).rejects.toMatchObject({ code: 50035 });
		const newer = await channel.messages.fetch({ after: [...older.keys()][0] ?? '' });
		expect(newer.size).toBe(2);
		ada.permitBot(place, { deny: ['ReadMessageHistory'] });
		expect(await client.rest.get(`/channels/${place.id}/messages`)).toEqual([]);
	});

	it('shows typing and reactions', async () => {
		const { discord, client, channel, place, ada } = await withChannel();
		await channel.sendTyping();
		const message = await channel.send('Good?');
		await message.react('👍');
		const reacted = new Promise<string>((resolve) =>
			client.once(Events.MessageReactionAdd, (_, user) => resolve(user.id)),
		);
		ada.react(there(discord.messages(place)[0]), '👍');
		expect(await reacted).toBe(ada.user.id);
		expect([place.typingAt.length, discord.transcript(place)]).toEqual([1, '== #general\nMassGen (👍 2):\n  Good?']);
		await message.reactions.cache.first()?.users.remove();
		expect(discord.messages(place)[0]?.reactions.get('👍')).toEqual([ada.user.id]);
	});

	it('can be the private one of a person', async () => {
		const { discord, client, ada } = await withChannel();
		const heard = new Promise<Message>((resolve) => client.once(Events.MessageCreate, resolve));
		ada.say(ada.dm, 'hello', { files: [{ name: 'a.txt', contentType: 'text/plain', bytes: Buffer.from('x') }] });
		const message = await heard;
		await message.reply('hi');
		const user = await client.users.fetch(ada.user.id);
		await user.send('again');
		expect([message.content, message.attachments.first()?.name]).toEqual(['hello', 'a.txt']);
		expect(discord.messages(ada.dm).map(({ content }) => content)).toEqual(['hello', 'hi', 'again']);
		expect(discord.requests.of(post)).toHaveLength(2);
		await expect(client.rest.post('/users/@me/channels', { body: { recipient_id: '1' } })).rejects.toMatchObject({
			code: 10013,
		});
	});
});

function there<T>(value: T | undefined): T {
	if (value === undefined) throw new Error('it is not there');
	return value;
}
