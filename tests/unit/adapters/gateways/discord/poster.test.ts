import { MessageFlags } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../../../../src/adapters/gateways/discord/discord-spot.ts';
import { controlId } from '../../../../../src/adapters/gateways/shared/controls.ts';
import type { Channel, Message } from '../../../../platforms/discord/world.ts';
import { boardMessage, discordStage, finalMessage, slotMessage, slotOf } from './discord-stage.ts';

const SEND = 'POST /channels/:channel/messages';
const EDIT = 'PATCH /channels/:channel/messages/:message';

/** A session with its board in a channel, and what posts to it. */
async function withBoard(given: Parameters<typeof discordStage>[0] & { place?: (stage: Stage) => Channel } = {}) {
	const { place: placeOf, ...options } = given;
	const stage = await discordStage(options);
	const channel = placeOf?.(stage) ?? stage.discord.channel('Alpha', 'general');
	const session = await stage.ask(channel, channel.guildId === null ? 'dm' : 'text');
	const place = { session, run: 'run-1' };
	const board = stage.bodyOf(session, boardMessage());
	const slot = (text: string) => stage.bodyOf(session, slotMessage(text));
	const final = (text: string) => stage.bodyOf(session, finalMessage(text));
	const id = await stage.poster.post(place, slotOf('board'), board);
	const [thread] = stage.discord.threads(channel);
	const inThread = () => texts(stage.discord.messages(thread ?? channel));
	return { ...stage, channel, session, place, board, slot, final, id, thread: thread ?? channel, inThread };
}
type Stage = Awaited<ReturnType<typeof discordStage>>;

const texts = (messages: readonly Message[]) => messages.map(({ content }) => content.split('\n').at(-1));
const isCard = ({ flags }: Message) => (flags & MessageFlags.IsComponentsV2) !== 0;

describe('a board on Discord', () => {
	it('begins as text, so that it can be read in a notification, and turns into a card', async () => {
		const { discord, channel, thread } = await withBoard();
		const [board] = discord.messages(channel);
		expect(board?.history.map(({ content }) => content)).toEqual(['**How do I sort?**\ndemo · 1 agent']);
		expect(board && isCard(board)).toBe(true);
		expect([thread.id, thread.name]).toEqual([board?.id, 'How do I sort?']);
		expect(discord.violations).toEqual([]);
	});

	it('tells where it is, and where its people can answer', async () => {
		const { discord, boards, places, channel, session, thread, controls, id } = await withBoard();
		const link = `https://discord.com/channels/${channel.guildId}/${channel.id}/${thread.id}`;
		expect(boards).toEqual([{ session, news: { type: 'posted', link } }]);
		expect(await places.find(thread.id)).toBe(session);
		const stop = controlId({ session, run: 'run-1', action: 'stop', orchestration: null, agent: null });
		const position = { tenant: discord.guildId('Alpha'), ...messageOf(id) };
		expect(await controls.find(stop, position)).toMatchObject({ action: 'stop' });
		expect(await controls.find(stop, { ...position, channel: thread.id })).toBeNull();
	});

	it('of a later question goes into the thread, with its own answers', async () => {
		const { discord, poster, session, board, thread, channel, slot } = await withBoard();
		const later = { session, run: 'run-2' };
		const id = await poster.post(later, slotOf('board', false, 'run-2'), board);
		await poster.post(later, slotOf('slot:sage', false, 'run-2'), slot('Again.'));
		expect(discord.messages(channel)).toHaveLength(1);
		expect(messageOf(id).channel).toBe(thread.id);
		expect(discord.messages(thread).map(isCard)).toEqual([true, false]);
	});
});

describe('the forms of a thread', () => {
	it('in a thread: everything stays in it', async () => {
		const { discord, ask, poster, bodyOf, places } = await discordStage();
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		const thread = ada.startThread(ada.say(general, 'Hello'), 'Talk');
		const question = ada.say(thread, 'Why?');
		const session = await ask(thread, 'thread', { replyTo: question.id });
		const place = { session, run: 'run-1' };
		await poster.post(place, slotOf('board'), bodyOf(session, boardMessage()));
		await poster.post(place, slotOf('slot:sage'), bodyOf(session, slotMessage('So.')));
		expect(discord.messages(thread)).toHaveLength(3);
		expect(discord.messages(thread)[1]?.referenceId).toBe(question.id);
		expect(await places.find(thread.id)).toBe(session);
	});

	it('in a forum: a post of its own that begins with the board', async () => {
		const { discord, ask, poster, bodyOf, places } = await discordStage();
		const forum = discord.channel('Alpha', 'questions');
		const session = await ask(forum, 'forum');
		const place = { session, run: 'run-1' };
		await poster.post(place, slotOf('board'), bodyOf(session, boardMessage()));
		await poster.post(place, slotOf('slot:sage'), bodyOf(session, slotMessage('So.')));
		const [post] = discord.threads(forum);
		expect([post?.name, post && discord.messages(post).map(isCard)]).toEqual(['How do I sort?', [true, false]]);
		expect(await places.find(post?.id ?? '')).toBe(session);
		expect(discord.violations).toEqual([]);
	});

	it('in a forum: a post whose making broke off is found again', async () => {
		const { discord, ask, poster, bodyOf } = await discordStage();
		const forum = discord.channel('Alpha', 'questions');
		const session = await ask(forum, 'forum');
		const place = { session, run: 'run-1' };
		discord.fail({ route: 'POST /channels/:channel/threads' }, { type: 'error', status: 502, accept: true });
		const board = bodyOf(session, boardMessage());
		await expect(poster.post(place, slotOf('board'), board)).rejects.toThrow();
		const alike = { session: await ask(forum, 'forum'), run: 'run-2' };
		await poster.post(alike, slotOf('board'), bodyOf(alike.session, boardMessage({ run: 'run-2' })));
		await poster.post(place, slotOf('board', true), board);
		expect(discord.threads(forum)).toHaveLength(2);
	});

	it('in a direct conversation: replies, and each of them can be answered', async () => {
		const { discord, session, place, poster, slot, channel, places } = await withBoard({
			place: ({ discord: from }) => from.person('Ada').dm,
		});
		const [board] = discord.messages(channel);
		const id = messageOf(await poster.post(place, slotOf('slot:sage'), slot('So.'))).message;
		expect(discord.messages(channel).at(-1)?.referenceId).toBe(board?.id);
		for (const message of [board?.id, id]) expect(await places.find(`${channel.id}/${message}`)).toBe(session);
	});

	it('without permission for threads: replies, which is said once in a channel', async () => {
		const { discord, poster, channel, place, slot, ask, bodyOf } = await withBoard({
			place: ({ discord: from }) => from.channel('Alpha', 'no-threads'),
		});
		await poster.post(place, slotOf('slot:sage'), slot('So.'));
		const other = await ask(channel, 'text');
		await poster.post({ session: other, run: 'run-2' }, slotOf('board', false, 'run-2'), bodyOf(other, boardMessage()));
		const shown = discord.messages(channel);
		expect(shown.map((message) => isCard(message) || message.content.slice(0, 31))).toEqual([
			...[true, '-# The bot may not open threads', '## sage\n-# agent2 · version 1\nS', true],
		]);
		expect(shown[2]?.referenceId).toBe(shown[0]?.id);
		expect(discord.violations).toEqual([]);
	});

	it('without room for threads: replies', async () => {
		const { discord, channel, places, session } = await withBoard({ maxActiveThreads: 0 });
		expect(texts(discord.messages(channel))[1]).toContain('no room for another active thread');
		expect((await places.get(session))?.form).toBe('replies');
	});
});

describe('a message on Discord', () => {
	it('case 20: pings nobody, whatever the answer says', async () => {
		const { discord, poster, place, slot, channel } = await withBoard();
		const ada = discord.person('Ada');
		ada.permitBot(channel, { allow: ['MentionEveryone'] });
		const hostile = `@everyone <@${ada.user.id}> <@&${discord.roleId('Alpha', 'Approvers')}> \u202eabc`;
		const id = await poster.post(place, slotOf('slot:sage'), slot(hostile));
		await poster.edit(place, slotOf('slot:sage'), id, slot(`${hostile}!`));
		for (const { body } of discord.requests.writes(SEND)) {
			expect(body).toMatchObject({ allowed_mentions: { parse: [], replied_user: false } });
		}
		for (const { body } of discord.requests.writes(EDIT))
			expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
		expect(discord.violations).toEqual([]);
	});

	it('case 21: shows no previews of links', async () => {
		const { discord, poster, place, slot, thread } = await withBoard();
		await poster.post(place, slotOf('slot:sage'), slot('https://a.example'));
		expect((discord.messages(thread)[0]?.flags ?? 0) & MessageFlags.SuppressEmbeds).not.toBe(0);
	});

	it('case 22: says in the text of a card that it is posted as what its card says', async () => {
		const { bodyOf, session } = await withBoard();
		const done = bodyOf(session, boardMessage({ finished: 'failed' }));
		expect(done.content).toContain('No answer');
	});

	it('case 24: what is too long goes into a file, and is taken', async () => {
		const { discord, poster, place, slot, thread } = await withBoard();
		await poster.post(place, slotOf('slot:sage'), slot('A long answer. '.repeat(1000)));
		const [message] = discord.messages(thread);
		expect(message?.attachments.map(({ filename, size }) => [filename, size])).toEqual([['sage-v1.md', 15_000]]);
		expect(discord.violations).toEqual([]);
	});

	it('case 27: a file above the limit is packed; one that stays too large is named, and its message arrives', async () => {
		const { discord, poster, place, slot, thread } = await withBoard({ maxFileBytes: 2000 });
		await poster.post(place, slotOf('slot:a'), slot('A long answer. '.repeat(1000)));
		const noise = Array.from({ length: 30_000 }, (_, index) => ((index * 7919) % 9973).toString(36)).join(' ');
		await poster.post(place, slotOf('slot:b'), slot(noise));
		await poster.post(place, slotOf('slot:c'), slot('Last.'));
		const shown = discord.messages(thread);
		expect(shown.map(({ attachments }) => attachments.map(({ filename }) => filename))).toEqual([
			...[['sage-v1.md.gz'], [], []],
		]);
		expect(texts(shown).slice(1)).toEqual([
			expect.stringMatching(/^-# sage-v1\.md \(0\.1 MB\) could not be attached: it is too large/),
			'Last.',
		]);
	});

	it('arrives without its file where the bot may not attach any, and the channel stays open', async () => {
		const { discord, poster, place, slot, channel, thread, inThread } = await withBoard();
		discord.person('Ada').permitBot(channel, { deny: ['AttachFiles'] });
		await poster.post(place, slotOf('slot:a'), slot('A long answer. '.repeat(1000)));
		await poster.post(place, slotOf('slot:b'), slot('Last.'));
		expect(inThread()).toEqual([expect.stringContaining('could not be attached'), 'Last.']);
		expect(discord.messages(thread)[0]?.attachments).toEqual([]);
	});

	it('is no reply where the bot may not read what it would reply to', async () => {
		const { discord, ask, poster, bodyOf } = await discordStage();
		const ada = discord.person('Ada');
		const bare = discord.channel('Alpha', 'no-threads');
		ada.permitBot(bare, { deny: ['ReadMessageHistory'] });
		const session = await ask(bare, 'replies', { replyTo: ada.say(bare, 'Why?').id });
		await poster.post({ session, run: 'run-1' }, slotOf('board'), bodyOf(session, boardMessage()));
		expect(discord.messages(bare).map(({ referenceId }) => referenceId)).toEqual([null, null]);
	});

	it('case 16: is there once when its receipt was lost, also for a process that begins anew', async () => {
		const { discord, clock, newPoster, place, slot, thread, inThread } = await withBoard();
		discord.fail({ route: SEND, times: 4 }, { type: 'drop' });
		const first = newPoster().post(place, slotOf('slot:sage'), slot('Once.'));
		await expect(first).rejects.toThrow();
		clock.advance(10 * 60_000);
		const id = await newPoster().post(place, slotOf('slot:sage', true), slot('Once, and better.'));
		expect(inThread()).toEqual(['Once, and better.']);
		expect(messageOf(id).message).toBe(discord.messages(thread)[0]?.id);
		expect(discord.violations).toEqual([]);
	});

	it('case 16: a board is there once, with one thread, wherever its making broke off', async () => {
		for (const route of [SEND, 'POST /channels/:channel/messages/:message/threads', EDIT]) {
			const { discord, ask, bodyOf, newPoster } = await discordStage();
			const general = discord.channel('Alpha', 'general');
			const session = await ask(general, 'text');
			const place = { session, run: 'run-1' };
			discord.fail({ route, times: 4 }, { type: 'drop' });
			const board = bodyOf(session, boardMessage());
			await newPoster()
				.post(place, slotOf('board'), board)
				.catch(() => {});
			await newPoster().post(place, slotOf('board', true), board);
			expect([route, discord.messages(general).map(isCard), discord.threads(general).length]).toEqual([
				...[route, [true], 1],
			]);
			expect(discord.violations).toEqual([]);
		}
	});

	it('case 17: two server errors, one nonce, one message', async () => {
		const { discord, poster, place, slot, inThread } = await withBoard();
		discord.fail({ route: SEND, times: 2 }, { type: 'error', status: 502, accept: true });
		await poster.post(place, slotOf('slot:sage'), slot('Once.'));
		const bodies = discord.requests
			.of(SEND)
			.slice(1)
			.map(({ body }) => body as Record<string, unknown>);
		expect(bodies.map(({ enforce_nonce: enforced }) => enforced)).toEqual([true, true, true]);
		expect(new Set(bodies.map(({ nonce }) => nonce)).size).toBe(1);
		expect(inThread()).toEqual(['Once.']);
	});
});
