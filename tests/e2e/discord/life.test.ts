import { describe, expect, it } from 'vitest';
import { createRunningClock } from '../../platforms/discord/running-clock.ts';
import { type Data, dataOf, listOf, textOf } from '../../platforms/discord/wire.ts';
import type { Message } from '../../platforms/discord/world.ts';
import { localesOf } from '../../support/locales-of.ts';
import { stage } from './stage.ts';

const everyText = (message: Message) => JSON.stringify([message.content, message.components]);

describe('case 30: the board', () => {
	it('shows who has failed while the others go on, and is left alone when nothing happens', async () => {
		const { discord, message, finished } = await stage({ file: 'tests/e2e/fixtures/chat.yaml' });
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		await ada.slash(general, 'massgen ask', { question: 'Who is out?', team: 'limping' });
		const board = await message(general, 'The key was refused');
		expect(everyText(board)).toContain('Stop');
		expect(finished()).toEqual([]);
		const edits = () => discord.requests.of('PATCH /channels/:channel/messages/:message').length;
		const before = edits();
		// Twice the shortest time between two edits of a message.
		await new Promise((resolve) => setTimeout(resolve, 3000));
		expect(edits()).toBe(before);
		await ada.press(board, 'Stop');
		await discord.until('the end', () => finished().length === 1);
		expect(discord.violations).toEqual([]);
	});
});

describe('case 33: a run of forty minutes', () => {
	it('is shown to its end without a call by the interaction', async () => {
		const clock = createRunningClock();
		const { discord, message, thread } = await stage({ discord: { clock } });
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		const answer = await ada.slash(general, 'massgen ask', { question: 'Long?', team: 'stuck' });
		const board = await message(general, 'Stop');
		await discord.until('the link', () => answer.message()?.content.includes(board.id));
		clock.advance(40 * 60_000);
		await ada.press(board, 'Stop');
		const place = await thread(general);
		await message(place, 'bob');
		await discord.until('the end on the board', () => everyText(board).includes('Retry'));
		const late = discord.requests.of('PATCH /webhooks/*').filter(({ path }) => path.includes(answer.token));
		expect(late).toHaveLength(1);
		expect(discord.violations).toEqual([]);
	});
});

describe('what is said to somebody who is not there any more', () => {
	it('is said in the thread', async () => {
		const { discord, thread, message, idle, restart, app } = await stage();
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		await ada.slash(general, 'massgen ask', { question: 'Why?' });
		const place = await thread(general);
		await idle();
		await restart();
		const [known] = await app().bot.sessions.list('discord', discord.guildId('Alpha'), { limit: 1 });
		const principal = { platform: 'discord', tenant: discord.guildId('Alpha'), user: ada.user.id, roles: [] };
		const session = known?.session ?? '';
		await app().submit({ type: 'command', id: 'left-over', principal, session, name: 'stop', options: {} });
		await message(place, 'Nothing is running');
		expect(discord.violations).toEqual([]);
	});
});

describe('a store that fails', () => {
	it('is told to who asks, by command, by button and by message', async () => {
		let isBroken = false;
		const broken = async () => {
			if (isBroken) throw new Error('the disk is gone');
		};
		const { discord, message, thread, idle, problems } = await stage({
			around: (store) => ({ ...store, get: async (...given) => broken().then(() => store.get(...given)) }),
		});
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		await ada.slash(general, 'massgen ask', { question: 'Before?' });
		await message(await thread(general), 'Presented for Before?');
		await idle();
		const board = await message(general, 'Retry');
		isBroken = true;
		const sentence = 'Something went wrong inside the bot';
		for (const answer of [
			await ada.slash(general, 'massgen ask', { question: 'Why?' }),
			await ada.press(board, 'Retry'),
		]) {
			await discord.until('the sentence', () => answer.message()?.content.includes(sentence));
		}
		ada.say(general, `<@${discord.clientId}> And so?`);
		await message(general, sentence);
		expect(problems.every((text) => text.includes('the disk is gone'))).toBe(true);
		expect(discord.violations).toEqual([]);
	});
});

describe('case 48: a broken connection', () => {
	it.each<[string, (gateway: Awaited<ReturnType<typeof stage>>['discord']['gateway']) => void]>([
		['is cut', (gateway) => gateway.drop()],
		['is to be made anew', (gateway) => gateway.askReconnect()],
		['is invalid but resumable', (gateway) => gateway.invalidate(true)],
	])('is resumed, and no question is lost or asked twice, when it %s', async (_how, breakIt) => {
		const { discord, message, thread, events, idle } = await stage();
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		ada.say(general, `<@${discord.clientId}> Before?`);
		breakIt(discord.gateway);
		ada.say(general, `<@${discord.clientId}> Between?`);
		await discord.until('the resumption', () => discord.gateway.counts().resumed === 1);
		ada.say(general, `<@${discord.clientId}> After?`);
		const threads = await thread(general, 3);
		await message(threads, 'Presented for');
		await idle();
		const questions = events.flatMap((event) => (event.type === 'run_started' ? [event.question] : []));
		expect(questions.toSorted()).toEqual(['After?', 'Before?', 'Between?']);
		expect([discord.gateway.counts().identified, discord.violations]).toEqual([1, []]);
	});

	it('works on two connections, each server on its own', async () => {
		const { discord, message, thread } = await stage({ env: { DISCORD_SHARDS: '2' } });
		const ada = discord.person('Ada');
		for (const server of ['Alpha', 'Beta'] as const) {
			const general = discord.channel(server, 'general');
			await ada.slash(general, 'massgen ask', { question: `${server}?` });
			await message(await thread(general), `Presented for ${server}?`);
		}
		ada.say(ada.dm, 'Direct?');
		await message(ada.dm, 'Presented for Direct?');
		expect([discord.gateway.connected(), discord.violations]).toEqual([2, []]);
	});
});

describe('case 50: registering the commands', () => {
	it('writes nothing when nothing has changed', async () => {
		const { discord, restart } = await stage();
		const first = discord.commands.writes();
		expect(first).toBe(2);
		await restart();
		expect(discord.commands.writes()).toBe(first);
		expect(discord.requests.of('PUT *')).toEqual([]);
	});

	it('writes into one server alone for development', async () => {
		const server = '1323802873036800006';
		const { discord } = await stage({ env: { DISCORD_DEV_GUILD: server } });
		expect(server).toBe(discord.guildId('Alpha'));
		expect([discord.commands.of(server).length, discord.commands.of(null).length]).toEqual([2, 0]);
		expect(discord.violations).toEqual([]);
	});

	it('leaves out names that Discord would refuse, and keeps the name of the command', async () => {
		const locales = await localesOf({
			de: {
				'discord.name.ask': 'fragen',
				'discord.name.stop': 'Halt!',
				'discord.name.why': 'fragen',
				'command.ask': 'Ein Team fragen',
			},
			ja: { 'discord.name.ask': '質問', 'discord.menu': 'チームに聞く' },
		});
		const { discord } = await stage({ locales });
		const [slash, menu] = discord.commands.of(null);
		const named = (name: string): Data =>
			dataOf(listOf(slash?.options).find((one) => textOf(dataOf(one).name) === name));
		expect([slash?.name, slash?.name_localizations]).toEqual(['massgen', null]);
		expect(named('ask')).toMatchObject({
			name_localizations: { ja: '質問' },
			description_localizations: { de: 'Ein Team fragen' },
		});
		expect(named('ask').name_localizations).not.toHaveProperty('de');
		expect(dataOf(named('stop').name_localizations)).toEqual({});
		expect(menu).toMatchObject({ name: 'Ask the team about this', name_localizations: { ja: 'チームに聞く' } });
		expect(discord.violations).toEqual([]);
	});
});

describe('case 51: languages', () => {
	it.each([
		['Ben', 'de'],
		['Dov', 'fr'],
		['Ada', 'en'],
	] as const)('has texts of its own for %s, who speaks %s', async (name, language) => {
		const locales = new URL('../../../config/locales/', import.meta.url);
		const { default: texts } = await import(`../../../config/locales/${language}.json`, { with: { type: 'json' } });
		const { discord } = await stage({ locales });
		const person = discord.person(name);
		const answer = await person.slash(discord.channel(name === 'Dov' ? 'Beta' : 'Alpha', 'general'), 'massgen stop');
		await discord.until('the answer', () => answer.message()?.content === dataOf(texts)['stop.nothing']);
	});

	it('speaks to each in their own, and in English where a text is missing', async () => {
		const locales = await localesOf({
			de: { 'stop.nothing': 'Hier läuft nichts.', 'discord.board': 'Das Team arbeitet: {link}' },
		});
		const { discord, message, idle } = await stage({ locales });
		const [ada, ben, dov] = [discord.person('Ada'), discord.person('Ben'), discord.person('Dov')];
		const general = discord.channel('Alpha', 'general');
		const said = async (text: string, answer: { message(): Message | null }) =>
			discord.until(text, () => answer.message()?.content.includes(text));
		await said('Hier läuft nichts.', await ben.slash(general, 'massgen stop'));
		await said('Nothing is running', await ada.slash(general, 'massgen stop'));
		await said('Nothing is running', await dov.slash(discord.channel('Beta', 'general'), 'massgen stop'));
		await said('Nothing is running here', await ben.slash(general, 'massgen status'));
		await said('Das Team arbeitet', await ben.slash(general, 'massgen ask', { question: 'Warum?' }));
		await idle();
		// Messages do not tell a language; the person's is known by then.
		ben.say(general, `<@${discord.clientId}> stop`);
		await message(general, 'Hier läuft nichts.');
		expect(discord.violations).toEqual([]);
	});
});
