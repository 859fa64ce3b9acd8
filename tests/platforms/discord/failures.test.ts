import type { SendableChannels } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { createBuckets } from './buckets.ts';
import type { DiscordOptions } from './discord.ts';
import { createRunningClock } from './running-clock.ts';
import { stageWithClient } from './stage.ts';

const SEND = 'POST /channels/:channel/messages';
const EDIT = 'PATCH /channels/:channel/messages/:message';

async function withChannel(options: DiscordOptions = {}) {
	const { discord, client } = await stageWithClient(options);
	const place = discord.channel('Alpha', 'general');
	const channel = (await client.channels.fetch(place.id)) as SendableChannels;
	const texts = () => discord.messages(place).map(({ content }) => content);
	return { discord, client, place, channel, texts };
}

describe('a refusal', () => {
	it.each([
		[50001, 403],
		[50013, 403],
		[10003, 404],
		[10008, 404],
		[50083, 400],
		[30046, 400],
		[160006, 400],
		[10062, 404],
		[40060, 400],
	])('%i is answered with its status, once, and is nobody’s violation', async (code, status) => {
		const { discord, channel, texts } = await withChannel();
		const refused = discord.fail({ route: SEND }, { type: 'refuse', code });
		await expect(channel.send('a')).rejects.toMatchObject({ code, status });
		await channel.send('b');
		expect([texts(), refused.used(), discord.violations]).toEqual([['b'], 1, []]);
	});

	it('strikes only what it is meant for, until it is released', async () => {
		const { discord, channel, texts } = await withChannel();
		const where = ({ body }: { body: unknown }) => JSON.stringify(body).includes('bad');
		const failure = discord.fail({ route: 'POST /channels/*', times: 5, where }, { type: 'refuse', code: 50013 });
		await channel.send('good');
		await expect(channel.send('bad 1')).rejects.toMatchObject({ code: 50013 });
		failure.release();
		await channel.send('bad 2');
		expect([texts(), failure.used()]).toEqual([['good', 'bad 2'], 1]);
	});
});

describe('an unknown outcome', () => {
	it('shows one message when the connection is dropped after it was taken', async () => {
		const { discord, channel, texts } = await withChannel();
		discord.fail({ route: SEND }, { type: 'drop' });
		await channel.send('once');
		expect([texts(), discord.requests.of(SEND).map(({ status }) => status)]).toEqual([['once'], [0, 200]]);
		expect(discord.violations).toEqual([]);
	});

	it('shows one message when it was not taken', async () => {
		const { discord, channel, texts } = await withChannel();
		discord.fail({ route: SEND }, { type: 'drop', accept: false });
		await channel.send('once');
		expect(texts()).toEqual(['once']);
	});

	it('is told to the caller when the connection is closed, and is settled by the nonce', async () => {
		const { discord, channel, texts } = await withChannel();
		discord.fail({ route: SEND }, { type: 'drop', by: 'close' });
		const message = { content: 'once', nonce: 'run-1', enforceNonce: true };
		await expect(channel.send(message)).rejects.toThrow('other side closed');
		await channel.send(message);
		expect([texts(), discord.violations]).toEqual([['once'], []]);
	});

	it('is a double message when the nonce is not enforced', async () => {
		const { discord, client, place, texts } = await withChannel();
		discord.fail({ route: SEND }, { type: 'drop' });
		await client.rest.post(`/channels/${place.id}/messages`, { body: { content: 'twice', nonce: 'n' } });
		expect(texts()).toEqual(['twice', 'twice']);
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['duplicate_post']);
	});

	it('may be that of an answer to a person, whose repetition is no double answer', async () => {
		const { discord, client, place } = await withChannel();
		await client.application.commands.create({ name: 'ask', description: 'x' });
		const told = Promise.withResolvers<unknown>();
		client.on('interactionCreate', (asked) => {
			if (asked.isChatInputCommand()) asked.reply('here').catch(told.resolve);
		});
		discord.fail({ route: 'POST /interactions*' }, { type: 'drop' });
		const answer = await discord.person('Ada').slash(place, 'ask');
		expect(await told.promise).toMatchObject({ code: 40060 });
		expect([answer.message()?.content, discord.violations]).toEqual(['here', []]);
	});

	it('is a server error after or before the work', async () => {
		const { discord, channel, texts } = await withChannel();
		discord.fail({ route: SEND }, { type: 'error', status: 502, accept: true });
		await channel.send('a');
		discord.fail({ route: SEND, times: 2 }, { type: 'error', status: 500 });
		await channel.send('b');
		const bodies = discord.requests.of(SEND).map(({ body }) => (body as { nonce: string }).nonce);
		expect([texts(), new Set(bodies).size, bodies.length]).toEqual([['a', 'b'], 2, 5]);
	});
});

describe('a slow Discord', () => {
	it('holds a request until it is let go', async () => {
		const { discord, channel, texts } = await withChannel();
		const held = discord.fail({ route: SEND }, { type: 'hold' });
		const sending = channel.send('held');
		await discord.until('the request', () => held.used() === 1);
		expect(texts()).toEqual([]);
		held.release();
		await sending;
		expect(texts()).toEqual(['held']);
	});

	it('answers when its time has come', async () => {
		const clock = createRunningClock();
		const { discord, channel, texts } = await withChannel({ clock });
		const slow = discord.fail({ route: SEND }, { type: 'slow', ms: 60_000 });
		const sending = channel.send('slow');
		await discord.until('the request', () => slow.used() === 1);
		expect(texts()).toEqual([]);
		clock.advance(60_000);
		await sending;
		expect(texts()).toEqual(['slow']);
	});

	it('fails downloads too', async () => {
		const { discord, channel } = await withChannel();
		const message = await channel.send({ files: [{ attachment: Buffer.from('x'), name: 'x.txt' }] });
		const url = message.attachments.first()?.url ?? '';
		expect((await fetch(url, { headers: { authorization: 'Bot x' } })).status).toBe(200);
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['token_leak']);
		discord.fail({ route: 'GET cdn' }, { type: 'error', status: 503 });
		expect((await fetch(url)).status).toBe(503);
		discord.fail({ route: 'GET cdn' }, { type: 'drop' });
		await expect(fetch(url)).rejects.toThrow();
		const held = discord.fail({ route: 'GET cdn' }, { type: 'hold' });
		const loading = fetch(url);
		await discord.until('the download', () => held.used() === 1);
		held.release();
		expect(await (await loading).text()).toBe('x');
		expect(discord.requests.of('GET cdn').map(({ status }) => status)).toEqual([200, 503, 0, 200]);
	});
});

describe('rate limits', () => {
	it('are honoured by the client when they come by surprise', async () => {
		const { discord, channel, texts } = await withChannel();
		discord.fail({ route: SEND }, { type: 'limit', retryAfter: 0.05 });
		discord.fail({ route: SEND }, { type: 'limit', retryAfter: 0.05, scope: 'global' });
		await channel.send('a');
		expect(texts()).toEqual(['a']);
		expect(discord.requests.of(SEND).map(({ status }) => status)).toEqual([429, 429, 200]);
		expect([discord.invalidRequests(), discord.violations]).toEqual([2, []]);
	});

	it('count as invalid requests unless they are shared, and ban in the end', async () => {
		const { discord, channel, place } = await withChannel({ banAfter: 2 });
		discord.fail({ route: SEND }, { type: 'limit', retryAfter: 0.01, scope: 'shared' });
		await channel.send('a');
		expect(discord.invalidRequests()).toBe(0);
		const url = `${discord.api}/v10/channels/${place.id}`;
		const answers = [await fetch(url), await fetch(url), await fetch(url)];
		expect(answers.map(({ status }) => status)).toEqual([401, 401, 429]);
		expect(answers.at(-1)?.headers.get('retry-after')).toBe('3600');
	});

	it('stand in the headers, so that a client stays below them', async () => {
		const rates = [[/messages/, { requests: 2, windowMs: 200 }]] as const;
		const { discord, channel, texts } = await withChannel({ rates });
		await Promise.all(['1', '2', '3', '4', '5'].map((text) => channel.send(text)));
		expect(texts()).toEqual(['1', '2', '3', '4', '5']);
		expect(discord.violations).toEqual([]);
	});

	it('refuse who does not heed them', async () => {
		const { discord, place } = await withChannel({ rates: 'realistic' });
		const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' };
		const post = (content: string) =>
			fetch(`${discord.api}/v10/channels/${place.id}/messages`, {
				method: 'POST',
				headers,
				body: JSON.stringify({ content }),
			});
		const answers = [];
		for (const text of ['1', '2', '3', '4', '5', '6']) answers.push(await post(text));
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
		const last = answers.at(-1);
		expect(await last?.json()).toMatchObject({ message: 'You are being rate limited.', global: false });
		expect(last?.headers.get('x-ratelimit-scope')).toBe('user');
		expect(answers[0]?.headers.get('x-ratelimit-remaining')).toBe('4');
		expect(answers[0]?.headers.get('x-ratelimit-bucket')).toBe(last?.headers.get('x-ratelimit-bucket'));
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['rate_limited']);
	});

	it('count edits apart from posts, channels apart, and everything but interactions together', () => {
		let now = 0;
		const buckets = createBuckets('realistic', () => now);
		const scopes = (count: number, route: string, major: string) =>
			Array.from({ length: count }, () => buckets.take(route, major).scope).filter((scope) => scope !== null);
		expect(scopes(6, SEND, '1')).toEqual(['user']);
		expect([...scopes(5, EDIT, '1'), ...scopes(5, SEND, '2')]).toEqual([]);
		expect(scopes(35, SEND, '3').at(-1)).toBe('global');
		expect(scopes(20, 'POST /interactions/:id/:token/callback', '')).toEqual([]);
		now = 5000;
		expect(scopes(5, SEND, '1')).toEqual([]);
	});
});

describe('what is wrong on the side of the tester', () => {
	it('is a route that the fake does not know, a token that is none, a body that is no JSON', async () => {
		const { discord, client, place } = await withChannel();
		await expect(client.rest.get('/voice/regions')).rejects.toMatchObject({ status: 404 });
		expect(discord.violations).toMatchObject([{ kind: 'unknown_route', message: 'GET /voice/regions' }]);
		const url = `${discord.api}/v10/channels/${place.id}/messages`;
		expect((await fetch(url)).status).toBe(401);
		const broken = await fetch(url, { method: 'POST', headers: { authorization: `Bot ${discord.token}` }, body: '{' });
		expect(await broken.json()).toMatchObject({ code: 50109 });
	});

	it('is a wait that never ends', async () => {
		const { discord, client } = await withChannel();
		const waiting = discord.until('the end of time', () => false);
		const thrown = discord.until('a mistake', () => {
			throw new Error('in the test');
		});
		await expect(thrown).rejects.toThrow('in the test');
		await client.destroy();
		await discord.close();
		await expect(waiting).rejects.toThrow('closed while a test waited for the end of time');
	});

	it('is a code without a sentence', async () => {
		const { discord } = await withChannel();
		expect(() => discord.fail({ route: SEND }, { type: 'refuse', code: 1 })).toThrow('no sentence for code 1');
	});
});
