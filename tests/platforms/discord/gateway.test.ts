import { Client, Events, GatewayDispatchEvents, GatewayIntentBits, type Message } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { FakeDiscord } from './discord.ts';
import { login, stage, stageWithClient } from './stage.ts';

const READING = [
	GatewayIntentBits.Guilds,
	GatewayIntentBits.GuildMessages,
	GatewayIntentBits.DirectMessages,
	GatewayIntentBits.MessageContent,
];

/** Spares the five seconds that a client waits between two identifications. */
const AT_ONCE = { buildIdentifyThrottler: async () => ({ waitForIdentify: async () => {} }) };

/** The texts of the messages a client hears, in their order, and a promise for the time there are `count`. */
function listen(client: Client) {
	const heard: string[] = [];
	const waiting: { count: number; done: () => void }[] = [];
	client.on(Events.MessageCreate, ({ content }: Message) => {
		heard.push(content);
		for (const { count, done } of waiting) if (heard.length >= count) done();
	});
	const until = (count: number) =>
		heard.length >= count ? Promise.resolve() : new Promise<void>((done) => void waiting.push({ count, done }));
	return { heard, until };
}

async function listening() {
	const { discord, client } = await stageWithClient({ granted: ['MessageContent'] }, { intents: READING, ws: AT_ONCE });
	const general = discord.channel('Alpha', 'general');
	return { discord, client, general, ada: discord.person('Ada'), ...listen(client) };
}

/** Resolves when a shard of the client has been welcomed anew. */
const welcomed = (client: Client) => new Promise<void>((resolve) => client.once(Events.ShardReady, () => resolve()));

describe('identifying', () => {
	it('needs the right token', async () => {
		const discord = await stage();
		const client = new Client({ intents: [], rest: { api: discord.api } });
		await expect(client.login('wrong')).rejects.toThrow('invalid token');
		await client.destroy();
		expect(discord.invalidRequests()).toBe(1);
	});

	it('with an intent that was not granted ends with 4014', async () => {
		const discord = await stage();
		const client = new Client({ intents: READING, rest: { api: discord.api } });
		await expect(client.login(discord.token)).rejects.toThrow('disallowed intents');
		await client.destroy();
		expect(discord.violations.map(({ message }) => message)).toEqual(['closed with 4014: Disallowed intent(s).']);
	});

	it('tells the servers, the application and its flags', async () => {
		const { client } = await listening();
		expect(client.guilds.cache.map(({ name, memberCount }) => [name, memberCount])).toEqual([
			['Alpha', 4],
			['Beta', 4],
		]);
		expect(client.channels.cache.some((channel) => 'name' in channel && channel.name === 'hidden')).toBe(false);
		expect(client.application.flags.has('GatewayMessageContentLimited')).toBe(true);
	});

	it('splits the servers over shards; direct messages come to the first', async () => {
		const discord = await stage({ shards: 2, granted: ['MessageContent'] });
		const client = await login(discord, { shards: 'auto', intents: READING });
		// Before the client's cache, which would swallow what comes over both.
		const heard: [shard: number, text: string][] = [];
		const ends = new Set<number>();
		const last = Promise.withResolvers<void>();
		client.ws.on(GatewayDispatchEvents.MessageCreate, ({ content }: Message, shard: number) => {
			if (content !== 'end') heard.push([shard, content]);
			else if (ends.add(shard).size === 2) last.resolve();
		});
		expect([...client.ws.shards.keys()]).toEqual([0, 1]);
		const ada = discord.person('Ada');
		ada.say(discord.channel('Alpha', 'general'), 'alpha');
		ada.say(discord.channel('Beta', 'general'), 'beta');
		ada.say(ada.dm, 'private');
		for (const server of ['Alpha', 'Beta'] as const) ada.say(discord.channel(server, 'general'), 'end');
		await last.promise;
		expect(heard.toSorted(([a], [b]) => a - b)).toEqual([
			[0, 'alpha'],
			[0, 'private'],
			[1, 'beta'],
		]);
	});
});

describe('what messages say', () => {
	it('is withheld without the intent, but for mentions of the bot', async () => {
		const { discord, client } = await stageWithClient();
		const { heard, until } = listen(client);
		const [general, ada] = [discord.channel('Alpha', 'general'), discord.person('Ada')];
		ada.say(general, 'secret');
		ada.say(general, `<@${discord.clientId}> open`);
		const own = await client.rest.post(`/channels/${general.id}/messages`, { body: { content: 'mine' } });
		const reference = discord.messages(general).find(({ id }) => id === (own as { id: string }).id);
		if (reference === undefined) throw new Error('not sent');
		ada.say(general, 'reply', { replyTo: reference });
		ada.say(general, 'silent reply', { replyTo: reference, ping: false });
		await until(5);
		expect(heard).toEqual(['', `<@${discord.clientId}> open`, 'mine', 'reply', '']);
		const [first] = discord.messages(general);
		expect(await client.rest.get(`/channels/${general.id}/messages/${first?.id}`)).toMatchObject({ content: '' });
	});

	it('is told with it', async () => {
		const { ada, general, heard, until } = await listening();
		ada.say(general, 'open');
		await until(1);
		expect(heard).toEqual(['open']);
	});
});

describe('a broken connection', () => {
	it.each([
		['is cut', ({ gateway }: FakeDiscord) => gateway.drop()],
		['is closed with 4000', ({ gateway }: FakeDiscord) => gateway.drop(4000)],
		['is to be made anew', ({ gateway }: FakeDiscord) => gateway.askReconnect()],
		['is invalid but resumable', ({ gateway }: FakeDiscord) => gateway.invalidate(true)],
	])('is resumed without loss or doubling when it %s', async (_name, breakIt) => {
		const { discord, ada, general, heard, until } = await listening();
		ada.say(general, '1');
		await until(1);
		breakIt(discord);
		for (const text of ['2', '3', '4']) ada.say(general, text);
		await Promise.all([until(4), discord.until('the resumption', () => discord.gateway.counts().resumed === 1)]);
		expect(heard).toEqual(['1', '2', '3', '4']);
		expect(discord.gateway.counts()).toEqual({ identified: 1, resumed: 1 });
		expect(discord.violations).toEqual([]);
	});

	it('starts anew when resuming is refused', async () => {
		const { discord, client, ada, general, heard, until } = await listening();
		discord.gateway.refuseResume();
		discord.gateway.drop();
		ada.say(general, 'lost');
		await welcomed(client);
		ada.say(general, 'heard');
		await until(1);
		expect(heard).toEqual(['heard']);
	});

	it('starts anew when its session is ended', async () => {
		const { discord, client } = await listening();
		discord.gateway.invalidate(false);
		await welcomed(client);
		expect(discord.gateway.counts()).toEqual({ identified: 2, resumed: 0 });
	});

	it('may deliver an event twice', async () => {
		const { discord, client, ada, general } = await listening();
		// The client's cache swallows a message that it knows: these are the events before that.
		const raw: string[] = [];
		const three = Promise.withResolvers<void>();
		client.ws.on(GatewayDispatchEvents.MessageCreate, ({ content }: Message) => {
			if (raw.push(content) === 3) three.resolve();
		});
		discord.gateway.duplicate('MESSAGE_CREATE');
		ada.say(general, 'once');
		ada.say(general, 'again');
		await three.promise;
		expect(raw).toEqual(['once', 'once', 'again']);
	});
});

describe('a client that breaks the rules', () => {
	const url = (discord: FakeDiscord) => discord.api.replace('http', 'ws').replace('/api', '/gateway');

	async function closedBy(discord: FakeDiscord, frames: readonly string[], query = '?v=10&encoding=json') {
		const socket = new WebSocket(`${url(discord)}${query}`);
		const code = new Promise<number>((resolve) => socket.on('close', resolve));
		socket.on('open', () => {
			for (const frame of frames) socket.send(frame);
		});
		return code;
	}

	const identify = (discord: FakeDiscord, more: object) =>
		JSON.stringify({ op: 2, d: { token: discord.token, intents: 1, ...more } });

	it('hears its heartbeat answered', async () => {
		const discord = await stage();
		const socket = new WebSocket(`${url(discord)}?v=10&encoding=json`);
		const answers: number[] = [];
		const acknowledged = Promise.withResolvers<void>();
		socket.on('message', (data) => {
			const { op } = JSON.parse(String(data)) as { op: number };
			if (answers.push(op) === 1) socket.send('{"op":1,"d":null}');
			else acknowledged.resolve();
		});
		await acknowledged.promise;
		expect(answers).toEqual([10, 11]);
		socket.terminate();
	});

	it('is shut out with the code that says why', async () => {
		const discord = await stage();
		expect(await closedBy(discord, [], '?v=9&encoding=json')).toBe(4012);
		expect(await closedBy(discord, [], '?v=10&encoding=json&compress=zlib-stream')).toBe(4002);
		expect(await closedBy(discord, ['{'])).toBe(4002);
		expect(await closedBy(discord, ['{"op":3}'])).toBe(4003);
		expect(await closedBy(discord, [identify(discord, { token: 'x' })])).toBe(4004);
		expect(await closedBy(discord, [identify(discord, {}), identify(discord, {})])).toBe(4005);
		expect(
			await closedBy(
				discord,
				Array.from({ length: 121 }, () => '{"op":1,"d":null}'),
			),
		).toBe(4008);
		expect(await closedBy(discord, [identify(discord, { shard: [1, 1] })])).toBe(4010);
		expect(await closedBy(discord, [identify(discord, { intents: 'all' })])).toBe(4013);
		expect(await closedBy(discord, [identify(discord, {}), '{"op":4}'])).toBe(4001);
		expect(discord.violations).toHaveLength(10);
	});
});
