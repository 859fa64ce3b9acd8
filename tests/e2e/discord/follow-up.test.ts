import { describe, expect, it } from 'vitest';
import type { Message } from '../../platforms/discord/world.ts';
import { createGate } from './gate.ts';
import { READING, stage } from './stage.ts';

const asked = async (options: Parameters<typeof stage>[0] = {}, question = 'First?') => {
	const on = await stage(options);
	const general = on.discord.channel('Alpha', 'general');
	const ada = on.discord.person('Ada');
	await ada.slash(general, 'massgen ask', { question });
	const thread = await on.thread(general);
	await on.message(thread, `Presented for ${question}`);
	await on.idle();
	const board = await on.message(general, 'Follow-up');
	return { ...on, general, ada, ben: on.discord.person('Ben'), place: thread, board };
};

/** The id of a button without a label. */
function emojiButton(message: Message, emoji: string): string {
	const [, id = ''] =
		new RegExp(`"custom_id":"(mg_[\\w-]+)"[^}]*"name":"${emoji}"`).exec(JSON.stringify(message.components)) ?? [];
	return id;
}

const stuck = async (options: Parameters<typeof stage>[0] = {}) => {
	const on = await stage(options);
	const general = on.discord.channel('Alpha', 'general');
	const ada = on.discord.person('Ada');
	await ada.slash(general, 'massgen ask', { question: 'Long?', team: 'stuck' });
	const place = await on.thread(general);
	const board = await on.message(general, 'Stop');
	return { ...on, general, ada, ben: on.discord.person('Ben'), place, board };
};

describe('going on in a thread', () => {
	it('takes every message of its own thread for a further question when it may read them', async () => {
		const { place, ada, message, finished, app, discord } = await asked(READING);
		ada.say(place, 'And then?');
		await message(place, 'Presented for And then?');
		const [session] = await app().bot.sessions.list('discord', discord.guildId('Alpha'), { limit: 5 });
		expect(session?.runs).toHaveLength(2);
		const { history } = await app().runs.input(session?.runs.at(1)?.run ?? '');
		expect(history).toEqual([{ question: 'First?', answer: 'Presented for First?.' }]);
		expect(finished()).toHaveLength(2);
		expect(discord.violations).toEqual([]);
	});

	it('is possible from the list of the threads of a channel, which leads to each', async () => {
		const { general, ada, place, discord } = await asked();
		const told = await ada.slash(general, 'massgen sessions');
		const link = `https://discord.com/channels/${discord.guildId('Alpha')}/${place.id}`;
		await discord.until('the list', () => told.message()?.content.includes(`**First?** · answered · 1 run`));
		expect(told.message()?.content).toContain(link);
	});

	it('leaves people alone who talk to each other there', async () => {
		const { place, ada, ben, message, events, discord } = await asked(READING);
		const said = ben.say(place, `<@${ada.user.id}> what do you think?`);
		ada.say(place, 'I like it.', { replyTo: said });
		ada.say(place, 'And then?');
		await message(place, 'Presented for And then?');
		expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(2);
		expect(discord.violations).toEqual([]);
	});

	it('needs a mention, a reply or the button when it may not read messages', async () => {
		const { place, board, ada, message, events, discord, idle } = await asked();
		ada.say(place, 'Unheard?');
		ada.say(place, `<@${discord.clientId}> By mention?`);
		await message(place, 'Presented for By mention?');
		await idle();
		const answer = await message(place, '## Answer');
		ada.say(place, 'By reply?', { replyTo: answer });
		await message(place, 'Presented for By reply?');
		await idle();
		const modal = await ada.press(board, 'Follow-up');
		expect(modal.saw).toBe('modal');
		const sent = await ada.submit(modal, { question: 'By button?' });
		expect([sent.saw, sent.ephemeral]).toEqual(['thinking', true]);
		await message(place, 'Presented for By button?');
		await discord.until('the link', () => sent.message()?.content.includes(`/${place.id}/`));
		expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(4);
		expect(discord.violations).toEqual([]);
	});

	it('shows whoever replies to the board in the channel where it goes on', async () => {
		const { general, place, board, ada, message, discord } = await asked();
		ada.say(general, 'And then?', { replyTo: board });
		await message(place, 'Presented for And then?');
		await message(general, `The team is at work: https://discord.com/channels/${discord.guildId('Alpha')}/${place.id}`);
		expect(discord.violations).toEqual([]);
	});

	it('case 8: asks to press again when the store is too slow for a modal', async () => {
		const gate = createGate();
		const { board, ada, discord } = await asked({ around: gate.around });
		gate.shut();
		const pressed = await ada.press(board, 'Follow-up');
		expect([pressed.saw, pressed.ephemeral]).toEqual(['thinking', true]);
		gate.open();
		await discord.until('the hint', () => pressed.message()?.content.includes('Press the button again'));
		expect(discord.violations).toEqual([]);
	});
});

describe('case 36: stopping', () => {
	it.each<[string, (on: Awaited<ReturnType<typeof stuck>>) => unknown]>([
		['by the button', ({ ben, board }) => ben.press(board, 'Stop')],
		['by /massgen stop in the channel', ({ ben, general }) => ben.slash(general, 'massgen stop')],
		['by /massgen stop in the thread', ({ ben, place }) => ben.slash(place, 'massgen stop')],
		['by !stop in the thread', ({ ben, place }) => ben.say(place, '!stop')],
		['by a mention in the thread', ({ ben, place, discord }) => ben.say(place, `<@${discord.clientId}> stop`)],
	])('ends the run %s, ahead of what waits, and says who did it', async (_how, act) => {
		const on = await stuck({ ...READING, owners: ['Ben'] });
		const { discord, ada, ben, place, general, message, finished } = on;
		ada.say(place, 'Waiting?');
		await message(place, 'Queued, position 1');
		await act(on);
		await discord.until('the end', () => finished().length === 1);
		expect(finished()[0]).toMatchObject({ outcome: 'stopped' });
		const board = await message(general, `<@${ben.user.id}>`);
		expect(JSON.stringify(board.components)).toContain('Stopped');
		expect(board.mentions).toEqual([]);
		expect(discord.violations).toEqual([]);
	});

	it('says that there is nothing to stop', async () => {
		const { discord, ada, place } = await asked();
		const answer = await ada.slash(place, 'massgen stop');
		await discord.until('the answer', () => answer.message()?.content.includes('Nothing is running'));
		expect(answer.ephemeral).toBe(true);
	});
});

describe('case 37: asking while a run is going', () => {
	it('says the place in the line and runs everything once, in order', async () => {
		const { discord, ada, ben, place, board, events, message } = await stuck();
		const second = await ada.slash(place, 'massgen ask', { question: 'Second?', team: 'calm' });
		await discord.until('position 1', () => second.message()?.content.includes('position 1'));
		const third = await ben.slash(place, 'massgen ask', { question: 'Third?', team: 'calm' });
		await discord.until('position 2', () => third.message()?.content.includes('position 2'));
		await ada.press(board, 'Stop');
		await message(place, 'Presented for Third?');
		const questions = events.flatMap((event) => (event.type === 'run_started' ? [event.question] : []));
		expect(questions).toEqual(['Long?', 'Second?', 'Third?']);
		expect(discord.violations).toEqual([]);
	});
});

describe('case 38: asking the same again', () => {
	it('makes one new run of a double click, and shows both where it is', async () => {
		const { discord, ada, board, place, events, message } = await asked();
		const presses = await Promise.all([ada.press(board, 'Retry', { twice: true }), ada.press(board, 'Retry')]);
		await discord.until('two answers', () => events.filter(({ type }) => type === 'run_finished').length === 2);
		const again = await message(place, 'Follow-up');
		for (const press of presses)
			await discord.until('the link', () => press.message()?.content.includes(`/${place.id}/${again.id}`));
		const started = events.filter((event) => event.type === 'run_started');
		expect(started).toHaveLength(2);
		expect(started[1]).toMatchObject({ question: 'First?', retryOf: started[0]?.run });
		expect(discord.violations).toEqual([]);
	});
});

describe('retrying by command', () => {
	it('means the latest of the channel, and shows where it is', async () => {
		const { discord, ada, general, place, events, message } = await asked();
		const again = await ada.slash(general, 'massgen retry');
		await discord.until('the link', () => again.message()?.content.includes(`/${place.id}/`));
		await message(place, 'Retry');
		expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(2);
		expect(discord.violations).toEqual([]);
	});
});

describe('the other buttons', () => {
	it('tell why and take a rating, to who presses alone, also after a restart', async () => {
		const { discord, ben, ada, board, general, restart } = await asked();
		const why = await ben.press(board, 'Why');
		await discord.until('the reasons', () => why.message()?.content.includes('It is to the point'));
		await restart();
		const good = await ben.press(board, emojiButton(board, '👍'));
		await discord.until('thanks', () => good.message()?.content.includes('Noted'));
		expect([why.ephemeral, good.ephemeral]).toEqual([true, true]);
		expect(discord.transcript(general, ada)).not.toContain('to the point');
		expect(discord.violations).toEqual([]);
	});

	it('do nothing elsewhere or when they are forged, and say so', async () => {
		const { discord, ada, board, events, place, message } = await asked();
		const [row] = JSON.stringify(board.components).match(/mg_[\w-]{22}/g) ?? [];
		const other = await message(place, '## Answer');
		for (const id of [row ?? '', 'mg_0123456789012345678901', 'delete everything']) {
			const press = await ada.press(other, id, { forged: true });
			await discord.until('the sentence', () => press.message()?.content.includes('of no use any more'));
			expect(press.ephemeral).toBe(true);
		}
		expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(1);
	});

	it('let who asked break a tie', async () => {
		const { discord, thread, message, finished } = await stage();
		const general = discord.channel('Alpha', 'general');
		const ada = discord.person('Ada');
		await ada.slash(general, 'massgen ask', { question: 'Which?', team: 'tied' });
		const choice = await message(await thread(general), '2 answers tie');
		const press = await ada.press(choice, 'bob');
		await discord.until('the end', () => finished().length === 1);
		expect(finished()[0]).toMatchObject({ winner: 'bob' });
		await discord.until('the answer', () => press.message()?.content !== '');
		expect(discord.violations).toEqual([]);
	});
});
