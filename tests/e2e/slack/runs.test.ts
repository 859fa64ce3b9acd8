import { describe, expect, it } from 'vitest';
import { buttonOf, hasButton, MODES, type Stage, stage, wordsOf } from './stage.ts';

/** How a run is stopped, by its name. */
const stops: readonly [string, (on: Stage, thread: string) => Promise<unknown>][] = [
	['the button', async ({ ada, board }) => ada.press(await board('Stop'), buttonOf(await board('Stop'), 'Stop'))],
	[
		"Slack's own stop",
		async ({ ada, until, slack }, thread) => {
			await until('the session', () => slack.team('T1').sessions.some(({ status }) => status === 'processing'));
			return ada.stopSession('C1', thread);
		},
	],
	['!stop in the thread', ({ ada }, thread) => ada.say('C1', '!stop', { threadTs: thread })],
	['stop in the thread', ({ ada }, thread) => ada.say('C1', 'Stop.', { threadTs: thread })],
	['a mention with stop', ({ ada }, thread) => ada.mention('C1', 'stop', { threadTs: thread })],
	['/massgen stop', ({ ada }) => ada.command('C1', '/massgen', 'stop')],
];

describe.each(MODES)('over %s, a run on Slack', (mode) => {
	it.each(stops)('case 36: is stopped by %s, ahead of what waits', async (_, stop) => {
		const on = await stage(mode);
		const { slack, ada, grace, until, finished, board } = on;
		const { message: question } = await ada.mention('C1', 'Please wait for ever.');
		await board('Stop');
		await grace.say('C1', 'And then?', { threadTs: question.ts });
		await until('its place in the queue', () =>
			grace.ephemerals('C1').some((one) => wordsOf(one).includes('position 1')),
		);
		await stop(on, question.ts);
		await until('the end', () => finished().length >= 1);
		expect(finished()[0]).toMatchObject({ outcome: 'stopped' });
		await until('who stopped it', () =>
			slack.messages('T1', 'C1', question.ts).some((one) => /[Ss]topped by @?ada/.test(wordsOf(one))),
		);
		await until('what waited', () => finished().length === 2);
		await until('the session at rest', () => slack.team('T1').sessions.every(({ status }) => status === 'active'));
		expect(slack.violations).toEqual([]);
	});

	it('case 36: where a workspace has no agent sessions, the button stops it', async () => {
		const { slack, ada, until, finished, board } = await stage(mode, { slack: { app: { agent: false } } });
		await ada.command('C1', '/massgen', 'Please wait for ever.');
		const message = await board('Stop');
		await ada.press(message, buttonOf(message, 'Stop'));
		await until('the end', () => finished().length === 1);
		await until('an attempt', () => slack.violations.length === 1);
		const asked = slack.requests.filter(({ method }) => method === 'agents.sessions.setStatus');
		expect(asked.map(({ error }) => error)).toEqual(['feature_disabled']);
	});

	it('case 37: follow-ups while it runs are told their position, and run once and in order', async () => {
		const { slack, ada, grace, until, finished, started, board } = await stage(mode);
		const { message: question } = await ada.mention('C1', 'Please wait for ever.');
		await board('Stop');
		await grace.say('C1', 'First?', { threadTs: question.ts });
		await until('position 1', () => grace.ephemerals('C1').some((one) => wordsOf(one).includes('position 1')));
		await ada.say('C1', 'Second?', { threadTs: question.ts });
		await until('position 2', () => ada.ephemerals('C1').some((one) => wordsOf(one).includes('position 2')));
		await ada.say('C1', 'stop', { threadTs: question.ts });
		await until('all ends', () => finished().length === 3);
		expect(started().map(({ question: text }) => text)).toEqual(['Please wait for ever.', 'First?', 'Second?']);
		expect(slack.violations).toEqual([]);
	});

	it('case 38: Retry asks the same again in the same thread, and a double click is one run', async () => {
		const { slack, ada, until, finished, started, board } = await stage(mode);
		await ada.command('C1', '/massgen', 'Why?');
		const done = await board('Retry');
		await until('the end', () => finished().length === 1);
		await Promise.all([ada.press(done, buttonOf(done, 'Retry')), ada.press(done, buttonOf(done, 'Retry'))]);
		await until('the second end', () => finished().length === 2);
		const [first, second] = started();
		expect(second).toMatchObject({ question: first?.question, retryOf: first?.run });
		await until('a board in the thread', () =>
			slack.messages('T1', 'C1', done.ts).some((one) => one.ts !== done.ts && wordsOf(one).includes('Why?')),
		);
		expect([started().length, slack.violations]).toEqual([2, []]);
	});

	it('the buttons of a result answer: votes, a rating, a follow-up by form', async () => {
		const { slack, ada, grace, until, finished, started, board } = await stage(mode);
		await ada.command('C1', '/massgen', 'Why?');
		const done = await board('Follow up');
		await grace.press(done, buttonOf(done, 'Why'));
		await until('the votes', () => grace.ephemerals('C1').some((one) => wordsOf(one).includes('It is plain.')));
		await grace.press(done, buttonOf(done, '👍'));
		await until('thanks', () => grace.ephemerals('C1').some((one) => wordsOf(one).includes('Thank you')));
		await grace.press(done, buttonOf(done, 'Follow up'));
		const modal = await until('the form', () => grace.modal());
		await grace.submit(modal, { question: 'And how?' });
		await until('the second end', () => finished().length === 2);
		expect(started().map(({ session }) => session)[1]).toBe(started()[0]?.session);
		expect(slack.violations).toEqual([]);
	});

	it('a tie is broken by a button, which is gone at once; a later press says that it is decided', async () => {
		const { slack, ada, until, finished, board, message } = await stage(mode);
		await ada.command('C1', '/massgen', 'ask --team tied Who is right?');
		const choice = await board('bob');
		const asked = { ...choice };
		await ada.press(choice, buttonOf(choice, 'bob'));
		await until('the buttons to be gone', () => !hasButton(choice, 'bob'));
		await until('the end', () => finished().length === 1);
		await message('Presented by Bob.');
		await ada.press({ ...asked, deleted: false }, buttonOf(asked, 'ann'));
		await until('the words', () => ada.ephemerals('C1').some((one) => wordsOf(one).includes('no longer open')));
		expect(slack.violations).toEqual([]);
	});

	it('a button that means nothing any more says so', async () => {
		const { slack, ada, until, board, finished } = await stage(mode);
		await ada.command('C1', '/massgen', 'Please wait for ever.');
		const going = { ...(await board('Stop')) };
		await ada.command('C1', '/massgen', 'stop');
		await until('the end', () => finished().length === 1);
		const stop = buttonOf(going, 'Stop');
		// The same button, but as if it stood in another message.
		await ada.press({ ...going, ts: '1.000001' }, stop);
		await until('the words', () => ada.ephemerals('C1').some((one) => wordsOf(one).includes('of no use any more')));
		expect(slack.violations).toEqual([]);
	});

	it('case 30: a board shows who failed as soon as it is known, and is not edited while nothing happens', async () => {
		const { slack, ada, until, finished, message } = await stage(mode);
		await ada.command('C1', '/massgen', 'Let all of them fail?');
		await until('the end', () => finished().length === 1);
		const board = await message('No answer');
		expect(wordsOf(board)).toContain('The key was refused');
		const updates = () => slack.requests.filter(({ method }) => method === 'chat.update').length;
		const { message: other } = await ada.mention('C1', 'Please wait for ever.');
		await until('the second board', () => slack.messages('T1', 'C1', other.ts).length > 1);
		await until('both rows', () =>
			slack.messages('T1', 'C1', other.ts).some((one) => wordsOf(one).includes('answered')),
		);
		const before = updates();
		// Ten seconds of the program's time.
		await new Promise((resolve) => slack.world.clock.after(2500, () => resolve(null)));
		expect(updates() - before).toBeLessThanOrEqual(1);
	});
});
