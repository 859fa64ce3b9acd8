import { describe, expect, it } from 'vitest';
import { encodeSessionId } from '../../../src/core/session-id.ts';
import { createGate } from './gate.ts';
import { stage } from './stage.ts';

const file = (name: string, text: string, contentType = 'text/plain') => ({
	name,
	contentType,
	bytes: Buffer.from(text),
});

describe('asking on Discord', () => {
	it('answers /massgen ask in a thread of its own, and shows who asked the way there', async () => {
		const { discord, thread, message, problems } = await stage();
		const [ada, ben] = [discord.person('Ada'), discord.person('Ben')];
		const general = discord.channel('Alpha', 'general');
		const answer = await ada.slash(general, 'massgen ask', { question: 'Why?' });
		expect([answer.saw, answer.ephemeral]).toEqual(['thinking', true]);
		const place = await thread(general);
		await message(place, 'Presented for Why?');
		const board = await message(general, 'Why?');
		const link = `https://discord.com/channels/${discord.guildId('Alpha')}/${general.id}/${board.id}`;
		await discord.until('the link', () => answer.message()?.content.includes(link));
		expect(discord.transcript(general, ben)).not.toContain(link);
		expect([problems, discord.violations]).toEqual([[], []]);
	});

	it('case 1: takes a command up before the store has answered anything', async () => {
		const gate = createGate();
		const { discord, thread, message } = await stage({ around: gate.around });
		const general = discord.channel('Alpha', 'general');
		gate.shut();
		const answer = await discord.person('Ada').slash(general, 'massgen ask', { question: 'Why?' });
		expect([answer.saw, answer.ephemeral, discord.messages(general, discord.person('Ben'))]).toEqual([
			'thinking',
			true,
			[],
		]);
		gate.open();
		await message(await thread(general), 'Presented for Why?');
		expect(discord.violations).toEqual([]);
	});

	it('case 3: runs once when the same event comes three times, also after a restart', async () => {
		const { discord, events, thread, message, restart, idle, app } = await stage();
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		discord.gateway.duplicate('MESSAGE_CREATE', 1);
		const { id } = ada.say(general, `<@${discord.clientId}> Once?`);
		await message(await thread(general), 'Presented for Once?');
		await idle();
		await restart();
		const tenant = discord.guildId('Alpha');
		const principal = { platform: 'discord', tenant, user: ada.user.id, roles: [] };
		const session = encodeSessionId({ platform: 'discord', tenant, channel: general.id, thread: id });
		const again = { type: 'command', id, principal, session, name: 'ask', options: { question: 'Once?' } } as const;
		expect(await app().submit(again)).toBeNull();
		expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(1);
		expect([discord.threads(general).length, discord.violations]).toEqual([1, []]);
	});

	it('case 5: runs once when the same interaction comes twice', async () => {
		const { discord, events, thread, message } = await stage();
		const general = discord.channel('Alpha', 'general');
		await discord.person('Ada').slash(general, 'massgen ask', { question: 'Once?' }, { twice: true });
		await message(await thread(general), 'Presented for Once?');
		expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(1);
		expect(discord.violations).toEqual([]);
	});

	it('case 5: runs once when two processes hear the same', async () => {
		const { discord, events, thread, message, second } = await stage();
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		await second();
		ada.say(general, `<@${discord.clientId}> Once?`);
		await message(await thread(general), 'Presented for Once?');
		await ada.slash(general, 'massgen ask', { question: 'Twice?' });
		await message(await thread(general, 2), 'Presented for Twice?');
		expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(2);
		// Discord itself sends an event to one of them.
		expect(discord.violations.filter(({ kind }) => kind !== 'acknowledged_twice')).toEqual([]);
	});

	it('case 7: starts nothing for its own, edited, hidden and system messages, nor for those that do not name it', async () => {
		const { discord, events, thread, message } = await stage({
			discord: { granted: ['MessageContent'] },
			env: { DISCORD_MESSAGE_CONTENT: 'yes' },
		});
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		const plain = ada.say(general, 'just talk');
		ada.edit(plain, `<@${discord.clientId}> Edited?`);
		ada.say(general, `@everyone <@&${discord.roleId('Alpha', 'MassGen')}> somebody?`);
		ada.startThread(plain, `<@${discord.clientId}> thread?`);
		ada.say(general, `<@${discord.clientId}> Real?`);
		await discord.until('the one run', () => events.some((event) => event.type === 'run_finished'));
		await message(await thread(general), 'Presented for Real?');
		expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(1);
		expect(discord.violations).toEqual([]);
	});

	it('case 8: says how to ask when a mention holds no question, and cannot be sent a command without one', async () => {
		const { discord, events, message } = await stage();
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		ada.say(general, `<@${discord.clientId}>  `);
		await message(general, 'Write your question after the mention');
		expect(() => ada.slash(general, 'massgen ask', {})).toThrow('the option question is required');
		expect(() => ada.slash(general, 'massgen', {})).toThrow('a sub-command has to be named');
		expect(events).toEqual([]);
	});

	it('case 9: checks options, and proposes teams at once and never more than 25', async () => {
		const { discord, events } = await stage();
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		expect(() => ada.slash(general, 'massgen ask', { question: 'x', verbosity: 'loud' })).toThrow('no choice loud');
		expect(() => ada.slash(general, 'massgen ask', { question: 'x'.repeat(6001) })).toThrow('6000 characters');
		const refused = await ada.slash(general, 'massgen ask', { question: 'Why?', team: 'nobody' });
		await discord.until('the refusal', () => refused.message()?.content.includes('nobody'));
		const proposed = await ada.autocomplete(general, 'massgen ask', 'team', { question: 'Why?', team: 't' });
		expect(proposed.saw).toBe('choices');
		expect(proposed.choices.length).toBeLessThanOrEqual(25);
		expect(proposed.choices.map(({ value }) => value)).toContain('tied');
		const narrowed = await ada.autocomplete(general, 'massgen ask', 'team', { team: 'ends by itself' });
		expect(narrowed.choices.map(({ value }) => value)).toEqual(['stuck']);
		expect([events, discord.violations]).toEqual([[], []]);
	});

	it('case 28: takes files along, checks them before it fetches them, and names those it cannot use', async () => {
		const { discord, thread, message, app } = await stage();
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		const downloads = () => discord.requests.of('GET cdn');
		const wrong = await ada.slash(general, 'massgen ask', {
			question: 'Why?',
			file: file('tool.exe', 'MZ', 'application/x-msdownload'),
			file2: { name: 'large.txt', contentType: 'text/plain', bytes: Buffer.alloc(6 * 1024 * 1024) },
		});
		await discord.until('the refusal', () => wrong.message()?.content.includes('tool.exe'));
		expect(wrong.message()?.content).toMatch(/tool\.exe is of a kind.*large\.txt has 6 MB.*Nothing was begun/s);
		expect(downloads()).toEqual([]);

		discord.fail({ route: 'GET cdn' }, { type: 'error', status: 503 });
		const lost = await ada.slash(general, 'massgen ask', { question: 'Why?', file: file('notes.txt', 'n') });
		await discord.until('the refusal', () => lost.message()?.content.includes('notes.txt could not be fetched'));
		expect(lost.message()?.content).toContain('503');

		await ada.slash(general, 'massgen ask', { question: 'What is in it?', file: file('notes.txt', 'a secret word') });
		await message(await thread(general), 'Presented for What is in it?');
		const [session] = await app().bot.sessions.list('discord', discord.guildId('Alpha'), { limit: 1 });
		const [run] = session?.runs ?? [];
		const { attachments } = await app().runs.input(run?.run ?? '');
		expect(attachments).toMatchObject([{ name: 'notes.txt', text: 'a secret word' }]);
		for (const { path, query } of discord.requests.entries) expect(path + query).not.toContain(discord.token);
		expect(discord.violations).toEqual([]);
	});

	it('40060: runs once when the receipt of its acknowledgement was lost', async () => {
		const { discord, thread, message, events } = await stage();
		const general = discord.channel('Alpha', 'general');
		const lost = discord.fail({ route: 'POST /interactions/:id/:token/callback', times: 1 }, { type: 'drop' });
		const answer = await discord.person('Ada').slash(general, 'massgen ask', { question: 'Why?' });
		await message(await thread(general), 'Presented for Why?');
		await discord.until('the link', () => answer.message()?.content.includes('https://discord.com/channels/'));
		const codes = discord.requests.entries
			.filter(({ route }) => route.endsWith('/callback'))
			.map(({ status }) => status);
		expect(codes.length).toBeGreaterThan(1);
		expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(1);
		expect(lost.used()).toBe(1);
	});

	it('10062: begins nothing when Discord has given the command up, and goes on with the next', async () => {
		const { discord, thread, message, events, problems } = await stage();
		const general = discord.channel('Alpha', 'general');
		discord.fail({ route: 'POST /interactions/:id/:token/callback', times: 1 }, { type: 'refuse', code: 10062 });
		const ada = discord.person('Ada');
		void ada.slash(general, 'massgen ask', { question: 'Too late?' }).catch(() => {});
		await discord.until('the refusal', () => discord.requests.entries.some(({ status }) => status === 404));
		await ada.slash(general, 'massgen ask', { question: 'In time?' });
		await message(await thread(general), 'Presented for In time?');
		const asked = events.flatMap((event) => (event.type === 'run_started' ? [event.question] : []));
		expect([asked, problems]).toEqual([['In time?'], []]);
	});

	it('asks about a message from its menu', async () => {
		const { discord, thread, message } = await stage();
		const [ada, ben] = [discord.person('Ada'), discord.person('Ben')];
		const general = discord.channel('Alpha', 'general');
		const said = ben.say(general, 'Is a monorepo good?');
		const answer = await ada.messageCommand(said, 'Ask the team about this');
		expect([answer.saw, answer.ephemeral]).toEqual(['thinking', true]);
		await message(await thread(general), 'Presented for Is a monorepo good?');
		const bare = await ada.messageCommand(
			ben.say(general, '', { files: [file('x.png', 'x', 'image/png')] }),
			'Ask the team about this',
		);
		await discord.until('the refusal', () => bare.message()?.content.includes('no text'));
		expect(discord.violations).toEqual([]);
	});

	it('answers help, teams and status to who asks alone', async () => {
		const { discord } = await stage();
		const general = discord.channel('Alpha', 'general');
		const [ada, ben] = [discord.person('Ada'), discord.person('Ben')];
		for (const [command, text] of [
			['help', '/massgen ask'],
			['help', 'The bot does not read what people write to each other'],
			['teams', 'calm'],
			['status', 'Nothing is running here'],
			['stop', 'Nothing is running'],
			['why', 'no run'],
		] as const) {
			const answer = await ada.slash(general, `massgen ${command}`);
			await discord.until(text, () => answer.message()?.content.includes(text));
			expect(answer.ephemeral).toBe(true);
		}
		expect(discord.messages(general, ben)).toEqual([]);
		expect(discord.violations).toEqual([]);
	});
});
