import { describe, expect, it } from 'vitest';
import { MODES, stage, wordsOf } from './stage.ts';

describe.each(MODES)('over %s, asking on Slack', (mode) => {
	it('a question by command is acknowledged without a word, and answered in the channel', async () => {
		const { slack, ada, message, until, finished, problems, about } = await stage(mode);
		const { delivery, shown } = await ada.command('C1', '/massgen', 'ask Why is the sky blue?');
		expect([delivery.acked, shown]).toEqual([true, null]);
		const board = await message('What the team says to Why is the sky blue?');
		await until('the end', () => finished().length === 1);
		expect(board.threadTs).toBeNull();
		expect(about).toEqual([
			mode === 'socket' ? expect.stringMatching(/socket mode/) : expect.stringMatching(/port \d+/),
		]);
		expect([problems, slack.violations]).toEqual([[], []]);
	});

	it('a mention is answered in its thread, and a reply there goes on with it', async () => {
		const { slack, ada, grace, until, finished, started } = await stage(mode);
		const { message: question } = await ada.mention('C1', 'Why?');
		await until('the end', () => finished().length === 1);
		await grace.say('C1', 'And how &lt;fast&gt;?', { threadTs: question.ts });
		await until('the second end', () => finished().length === 2);
		expect(started().map(({ question: text }) => text)).toEqual(['Why?', 'And how <fast>?']);
		await until('its answer', () =>
			slack.messages('T1', 'C1', question.ts).some((one) => wordsOf(one).includes('What the team says to And how')),
		);
		const roots = slack.messages('T1', 'C1').filter(({ threadTs }) => threadTs === null);
		expect(roots).toEqual([question]);
		expect(slack.violations).toEqual([]);
	});

	it('a direct message is answered in its thread, and so is a reply without a mention', async () => {
		const { slack, ada, until, finished, started } = await stage(mode);
		const { message: question } = await ada.dm('Why?');
		await until('the end', () => finished().length === 1);
		await ada.dm('And how?', { threadTs: question.ts });
		await until('the second end', () => finished().length === 2);
		const thread = slack.messages('T1', question.channel, question.ts);
		expect(thread.filter(({ bot }) => bot !== null).length).toBeGreaterThan(1);
		expect(started().map(({ question: text }) => text)).toEqual(['Why?', 'And how?']);
		expect(slack.violations).toEqual([]);
	});

	it('case 4: app_mention and message for the same channel and ts: one run', async () => {
		const { slack, ada, until, finished, started } = await stage(mode);
		const { deliveries } = await ada.mention('C1', 'Why?');
		expect(deliveries.map(({ name }) => name).sort()).toEqual(['app_mention', 'message']);
		await until('the end', () => finished().length === 1);
		expect(started()).toHaveLength(1);
		expect(slack.violations).toEqual([]);
	});

	it("case 7: the bot's own, other bots', edited and hidden messages, and what is meant for others, start nothing", async () => {
		const { slack, ada, until, finished, started } = await stage(mode);
		const { message: question } = await ada.mention('C1', 'Why?');
		await until('the end', () => finished().length === 1);
		slack.otherBotSays('T1', 'C1', `<@${slack.team('T1').botUser}> why not?`, question.ts);
		const { message: remark } = await ada.say('C1', '<@U2> what do you think?', { threadTs: question.ts });
		await ada.edit(question, `<@${slack.team('T1').botUser}> why now?`);
		await ada.remove(remark);
		await ada.say('C1', 'Nobody is meant by this.');
		await until('all deliveries', () => slack.deliveries.all.every(({ acked }) => acked));
		// Whatever was told before this has been taken by then.
		await ada.mention('C1', 'The last word?');
		await until('the second end', () => finished().length === 2);
		expect(started().map(({ question: text }) => text)).toEqual(['Why?', 'The last word?']);
	});

	it('case 11: a command in a thread works by mention, and help says that slash commands do not', async () => {
		const { slack, ada, until, finished } = await stage(mode);
		const { message: question } = await ada.mention('C1', 'Why?');
		await until('the end', () => finished().length === 1);
		await ada.mention('C1', 'help', { threadTs: question.ts });
		const help = await until('the help', () =>
			ada.ephemerals('C1').find((one) => wordsOf(one).includes('/massgen ask')),
		);
		expect(help.threadTs).toBe(question.ts);
		expect(wordsOf(help)).toContain('Slack has no slash commands in threads');
		await ada.mention('C1', 'why', { threadTs: question.ts });
		await until('the votes', () => ada.ephemerals('C1').some((one) => wordsOf(one).includes('It is plain.')));
		expect([finished().length, slack.violations]).toEqual([1, []]);
	});

	it('commands in a channel are answered privately: teams, status, help', async () => {
		const { slack, ada, grace, until } = await stage(mode);
		await ada.command('C1', '/massgen', 'teams');
		await until('the teams', () => ada.ephemerals('C1').some((one) => wordsOf(one).includes('scripted')));
		await ada.command('C1', '/massgen', 'status');
		await until('the status', () =>
			ada.ephemerals('C1').some((one) => wordsOf(one).includes('Nothing is running here')),
		);
		expect([grace.ephemerals(), slack.messages('T1', 'C1'), slack.violations]).toEqual([[], [], []]);
	});

	it('the bot joins a public channel to answer there, and says what to do where it cannot', async () => {
		const { slack, ada, until, finished, started } = await stage(mode);
		await ada.command('C2', '/massgen', 'Why?');
		await until('the end', () => finished().length === 1);
		await ada.command('G1', '/massgen', 'Why here?');
		await until('the hint', () => ada.ephemerals('G1').some((one) => wordsOf(one).includes('/invite')));
		await ada.command('C3', '/massgen', 'Why there?');
		await until('the hint', () => ada.ephemerals('C3').some((one) => wordsOf(one).includes('archived')));
		expect(started()).toHaveLength(1);
		expect(slack.messages('T1', 'C2').length).toBeGreaterThan(0);
	});

	it('the message shortcut asks about a message, in its thread', async () => {
		const { slack, ada, grace, until, finished, started } = await stage(mode);
		const { message: remark } = await grace.say('C1', 'The build takes an hour.');
		await ada.shortcut(remark, 'massgen_ask_about');
		const modal = await until('the form', () => ada.modal());
		const question = 'What can be done about this?\n\n> The build takes an hour.';
		await ada.submit(modal, {
			question,
			team: null,
			verbosity: { selected_option: { value: 'quiet' } },
			files: { files: [] },
		});
		await until('the end', () => finished().length === 1);
		expect(started()[0]).toMatchObject({ question });
		await until('its board', () => slack.messages('T1', 'C1', remark.ts).length > 1);
		expect(slack.violations).toEqual([]);
	});
});
