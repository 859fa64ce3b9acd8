import { describe, expect, it } from 'vitest';
import type { Channel } from '../../platforms/discord/world.ts';
import { READING, stage } from './stage.ts';

const texts = (messages: readonly { content: string; components: unknown }[]) =>
	messages.map(({ content, components }) => content + JSON.stringify(components)).join('\n');

describe('a forum', () => {
	it('answers in the post of who mentions it there, and goes on when it is mentioned again', async () => {
		const { discord, message, idle, events } = await stage(READING);
		const ada = discord.person('Ada');
		const post = ada.post(discord.channel('Alpha', 'questions'), 'Sky', `<@${discord.clientId}> Why is it blue?`);
		await message(post, 'Presented for Why is it blue?');
		await idle();
		ada.say(post, 'talk among people');
		ada.say(post, `<@${discord.clientId}> And red?`);
		await message(post, 'Presented for And red?');
		expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(2);
		expect(discord.violations).toEqual([]);
	});

	it('gets a post of its own from a command in it', async () => {
		const { discord, message, thread } = await stage();
		const questions = discord.channel('Alpha', 'questions');
		const answer = await discord.person('Ada').slash(questions, 'massgen ask', { question: 'Why?' });
		const post = await thread(questions);
		await message(post, 'Presented for Why?');
		await discord.until('the link', () => answer.message()?.content.includes(post.id));
		expect(discord.threads(questions)).toHaveLength(1);
		expect(discord.violations).toEqual([]);
	});
});

describe('a private thread', () => {
	it('is nothing that the channel around it knows of, or can stop, retry or look into', async () => {
		const { discord, message, idle, events } = await stage();
		const [ada, ben] = [discord.person('Ada'), discord.person('Ben')];
		const general = discord.channel('Alpha', 'general');
		const secret = ada.startPrivateThread(general, 'salaries');
		await ada.slash(secret, 'massgen ask', { question: 'Who earns most?', team: 'stuck' });
		await message(secret, 'Stop');
		const told = async (command: string) => {
			const answer = await ben.slash(general, `massgen ${command}`, {});
			return discord.until(command, () => answer.message()?.content || null);
		};
		expect(await told('status')).not.toContain('Who earns most?');
		expect(await told('stop')).toContain('Nothing is running');
		expect(events.filter(({ type }) => type === 'run_finished')).toEqual([]);
		await ada.slash(secret, 'massgen stop', {});
		await idle();
		expect(await told('why')).toContain('There is no run');
		expect(await told('retry')).toContain('no finished run');
		expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(1);
		expect(discord.violations).toEqual([]);
	});
});

describe('a direct conversation', () => {
	it('answers every message, goes on by reply, and stops', async () => {
		const { discord, message, idle, app } = await stage();
		const ada = discord.person('Ada');
		ada.say(ada.dm, 'Why?');
		await message(ada.dm, 'Presented for Why?');
		await idle();
		const board = await message(ada.dm, 'Follow-up');
		ada.say(ada.dm, 'And how?', { replyTo: board });
		await message(ada.dm, 'Presented for And how?');
		await idle();
		const final = await message(ada.dm, 'Presented for And how?');
		ada.say(ada.dm, 'And when?', { replyTo: final });
		await message(ada.dm, 'Presented for And when?');
		await idle();
		ada.say(ada.dm, 'Something else?');
		await message(ada.dm, 'Presented for Something else?');
		await idle();
		const sessions = await app().bot.sessions.list('discord', 'dm', { limit: 10 });
		expect(sessions.map(({ runs }) => runs.length)).toEqual([1, 3]);
		await ada.slash(ada.dm, 'massgen ask', { question: 'Long?', team: 'stuck' });
		await message(ada.dm, 'Stop');
		ada.say(ada.dm, 'stop');
		await message(ada.dm, 'Stopped.');
		expect(discord.threads(ada.dm)).toEqual([]);
		expect(discord.violations).toEqual([]);
	});

	it('takes what is asked in private out of the channel', async () => {
		const { discord, message } = await stage();
		const [ada, ben] = [discord.person('Ada'), discord.person('Ben')];
		const general = discord.channel('Alpha', 'general');
		const answer = await ada.slash(general, 'massgen ask', { question: 'Between us?', private: true });
		await message(ada.dm, 'Presented for Between us?');
		await discord.until('the link', () => answer.message()?.content.includes(`/@me/${ada.dm.id}/`));
		expect(discord.messages(general, ben)).toEqual([]);
		const board = await message(ada.dm, 'Follow-up');
		const modal = await ada.press(board, 'Follow-up');
		await ada.submit(modal, { question: 'And more?' });
		await message(ada.dm, 'Presented for And more?');
		expect(discord.messages(general, ben)).toEqual([]);
		expect(discord.violations).toEqual([]);
	});

	it('says that it is closed, and begins nothing', async () => {
		const { discord, events } = await stage();
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		const where = ({ path }: { path: string }) => path.includes(ada.dm.id);
		discord.fail({ route: 'POST /channels/:channel/messages', where, times: 9 }, { type: 'refuse', code: 50007 });
		const answer = await ada.slash(general, 'massgen ask', { question: 'Between us?', private: true });
		await discord.until('the sentence', () => answer.message()?.content.includes('your direct messages are closed'));
		expect([events, discord.messages(general, discord.person('Ben'))]).toEqual([[], []]);
	});
});

describe('a thread of people', () => {
	it('holds the answer, and only what names the bot goes on with it', async () => {
		const { discord, message, idle, app } = await stage(READING);
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		const thread = ada.startThread(ada.say(general, 'plans'), 'plans');
		ada.say(thread, 'talk');
		ada.say(thread, `<@${discord.clientId}> Which?`);
		await message(thread, 'Presented for Which?');
		await idle();
		ada.say(thread, 'more talk');
		await ada.slash(thread, 'massgen ask', { question: 'And which then?' });
		await message(thread, 'Presented for And which then?');
		const sessions = await app().bot.sessions.list('discord', discord.guildId('Alpha'), { limit: 10 });
		expect(sessions.map(({ runs }) => runs.length)).toEqual([2]);
		expect(discord.threads(general)).toHaveLength(1);
		expect(discord.messages(general).filter(({ author }) => author.bot)).toEqual([]);
		expect(discord.violations).toEqual([]);
	});
});

describe('a channel without the right to open threads', () => {
	it('tells so as well who mentions it there', async () => {
		const { discord, message } = await stage();
		const place = discord.channel('Alpha', 'no-threads');
		discord.person('Ada').say(place, `<@${discord.clientId}> One?`);
		await message(place, 'may not open threads here');
		await message(place, 'Presented for One?');
		expect([discord.invalidRequests(), discord.violations]).toEqual([0, []]);
	});

	it('gets replies, is told so once, and goes on by reply', async () => {
		const { discord, message, idle, app } = await stage();
		const ada = discord.person('Ada');
		const place = discord.channel('Alpha', 'no-threads');
		const first = await ada.slash(place, 'massgen ask', { question: 'One?' });
		const final = await message(place, 'Presented for One?');
		await discord.until('the note', () => first.message()?.content.includes('may not open threads here'));
		await idle();
		ada.say(place, 'And then?', { replyTo: final });
		await message(place, 'Presented for And then?');
		const second = await ada.slash(place, 'massgen ask', { question: 'Two?' });
		await discord.until('the link', () => second.message()?.content.includes('https://'));
		expect(second.message()?.content).not.toContain('may not open');
		const sessions = await app().bot.sessions.list('discord', discord.guildId('Alpha'), { limit: 10 });
		expect(sessions.map(({ runs }) => runs.length)).toEqual([1, 2]);
		expect(discord.threads(place)).toEqual([]);
		expect([discord.invalidRequests(), discord.violations]).toEqual([0, []]);
	});
});

describe('a channel in which the bot may not answer', () => {
	it.each([
		['read-only', 'Send Messages'],
		['hidden', 'View Channels'],
	] as const)('%s: says what it lacks, and begins nothing', async (name, missing) => {
		const { discord, events } = await stage();
		const place = discord.channel('Alpha', name);
		const answer = await discord.person('Ada').slash(place, 'massgen ask', { question: 'Why?' });
		await discord.until('the sentence', () => answer.message()?.content.includes(missing));
		expect([events, discord.invalidRequests(), discord.violations]).toEqual([[], 0, []]);
	});

	it('tells who mentions it there in their direct messages', async () => {
		const { discord, message, events } = await stage();
		const ada = discord.person('Ada');
		ada.say(discord.channel('Alpha', 'read-only'), `<@${discord.clientId}> Why?`);
		await message(ada.dm, 'Send Messages');
		expect([events, discord.violations]).toEqual([[], []]);
	});
});

describe('case 49: two servers', () => {
	it('never mix, whatever their channels are called', async () => {
		const { discord, message, thread, app, idle } = await stage();
		const [ada, ben] = [discord.person('Ada'), discord.person('Ben')];
		const [alpha, beta] = [discord.channel('Alpha', 'general'), discord.channel('Beta', 'general')];
		await ada.slash(alpha, 'massgen ask', { question: 'In Alpha?', team: 'stuck' });
		const board = await message(alpha, 'Stop');
		const [stop = ''] = /mg_[\w-]+/.exec(JSON.stringify(board.components)) ?? [];
		await ben.slash(beta, 'massgen ask', { question: 'In Beta?' });
		const other = await message(await thread(beta), 'Presented for In Beta?');
		const nothing = await ben.slash(beta, 'massgen stop');
		await discord.until('nothing', () => nothing.message()?.content.includes('Nothing is running'));
		const forged = await ben.press(other, stop, { forged: true });
		await discord.until('the sentence', () => forged.message()?.content.includes('of no use any more'));
		const status = await ada.slash(alpha, 'massgen status');
		await discord.until('the status', () => status.message()?.content.includes('running since'));
		const count = async (server: 'Alpha' | 'Beta') =>
			(await app().bot.sessions.list('discord', discord.guildId(server), { limit: 10 })).length;
		expect([await count('Alpha'), await count('Beta')]).toEqual([1, 1]);
		await ada.press(board, 'Stop');
		await idle();
		expect(texts(discord.messages(beta as Channel))).not.toContain('In Alpha?');
		expect(discord.violations).toEqual([]);
	});
});
