import { describe, expect, it } from 'vitest';
import { controlId } from '../../../../../src/adapters/gateways/shared/controls.ts';
import { renderSlack } from '../../../../../src/adapters/gateways/slack/render-slack.ts';
import type { SlackBody } from '../../../../../src/adapters/gateways/slack/slack-body.ts';
import type { ThreadMessage } from '../../../../../src/core/gateway.ts';
import { createScript, finishedRun } from '../../../../support/run-events.ts';
import { sessionOf, startSlackThread } from './slack-thread.ts';
import { board, choice, contextOf, slot, tally } from './thread-messages.ts';

const bodyOf = (message: ThreadMessage): SlackBody => {
	const [body] = renderSlack(message, contextOf());
	if (body === undefined) throw new Error('no message');
	return body;
};
const place = { session: sessionOf('a'), run: 'run-1' };
const slotOf = (key: string, mayExist = false) => ({ key, nonce: `nonce-${key}`.padEnd(22, '0'), mayExist });

describe('case 16: Slack takes a message and the answer is lost', () => {
	it.each(['chat.postMessage', 'chat.startStream'])('%s: it is there once', async (method) => {
		const { slack, startGateway, project, ask, play, problems } = await startSlackThread();
		await ask();
		slack.faults.next(method, { type: 'drop_after_accept' });
		await play(project(startGateway().gateway), finishedRun());
		expect(slack.faults.left()).toBe(0);
		expect(slack.messages('T1', 'C1').length).toBe(6);
		expect(slack.render('T1', 'C1')).toContain('[Retry]');
		expect(problems).toHaveLength(1);
		expect(problems[0]).toMatch(/^slack did not take “(board|final)” and will be asked again \(Slack did not answer /);
		expect(slack.violations).toEqual([]);
	});

	it('every message of a run is there once, whichever answers are lost', async () => {
		const { slack, startGateway, project, ask, play } = await startSlackThread();
		await ask();
		for (const method of [
			'chat.postMessage',
			'chat.update',
			'chat.appendStream',
			'chat.stopStream',
			'chat.startStream',
		]) {
			slack.faults.next(method, { type: 'drop_after_accept' }, 3);
		}
		await play(project(startGateway().gateway), finishedRun());
		const calm = await startSlackThread();
		await calm.ask();
		await calm.play(calm.project(calm.startGateway().gateway), finishedRun());
		expect(slack.render('T1', 'C1')).toBe(calm.slack.render('T1', 'C1'));
		expect(slack.violations).toEqual([]);
	});

	it('another process finds it too, and brings it up to date', async () => {
		const { slack, startGateway, ask, until, places } = await startSlackThread();
		await ask();
		slack.faults.next('chat.postMessage', { type: 'drop_after_accept' });
		const first = until(startGateway().poster.post(place, slotOf('board'), bodyOf(board())));
		await expect(first).rejects.toThrow('Slack did not answer chat.postMessage');
		const id = await until(
			startGateway().poster.post(place, slotOf('board', true), bodyOf(board({ orchestration: 2 }))),
		);
		expect(slack.messages('T1', 'C1').map(({ ts }) => ts)).toEqual([id]);
		expect(slack.render('T1', 'C1')).toContain('round 2');
		expect(await places.get(place.session)).toMatchObject({ root: id, thread_ts: id });
	});

	it.each([5, 12, 20, 27, 33, 39])(
		'a process that dies after %i events has left nothing to be posted twice',
		async (cut) => {
			const { slack, startGateway, project, ask, play, until } = await startSlackThread();
			await ask();
			const dying = startGateway();
			const events = finishedRun().map((event, index) => ({ ...event, at: index * 700 }));
			await play(project(dying.gateway), events.slice(0, cut));
			dying.poster.close();
			const projector = project(startGateway().gateway);
			for (const event of events) if ('seq' in event) projector.handle(event);
			await until(projector.settled());
			const calm = await startSlackThread();
			await calm.ask();
			await calm.play(calm.project(calm.startGateway().gateway), finishedRun());
			expect(slack.render('T1', 'C1')).toBe(calm.slack.render('T1', 'C1'));
			expect(slack.violations.filter(({ where }) => where !== 'chat.stopStream')).toEqual([]);
		},
	);

	it('what Slack refused is not looked for', async () => {
		const { slack, startGateway, ask, until, requests } = await startSlackThread();
		await ask();
		const { poster } = startGateway();
		slack.faults.next('chat.postMessage', { type: 'error', error: 'internal_error' });
		await expect(until(poster.post(place, slotOf('board'), bodyOf(board())))).rejects.toThrow(
			'Slack refused chat.postMessage: internal_error.',
		);
		await until(poster.post(place, slotOf('board', true), bodyOf(board())));
		expect(requests('conversations.history')).toEqual([]);
	});

	it('is posted again where the bot may not look', async () => {
		const { slack, startGateway, ask, until } = await startSlackThread();
		await ask();
		slack.faults.next('conversations.history', { type: 'error', error: 'missing_scope' });
		await until(startGateway().poster.post(place, slotOf('board', true), bodyOf(board())));
		expect(slack.messages('T1', 'C1').length).toBe(1);
	});
});

describe('case 23: Slack does not take the blocks', () => {
	it.each([
		['a plan', board(), 1],
		['a chart', tally(), 0],
		['a choice', choice(), 2],
	])('%s is sent once more in the plainest, with its buttons', async (_what, message, buttons) => {
		const { slack, startGateway, ask, until, requests, controls } = await startSlackThread();
		await ask();
		const body = bodyOf(message);
		slack.faults.next('chat.postMessage', { type: 'error', error: 'invalid_blocks' });
		const id = await until(startGateway().poster.post(place, slotOf(message.key), body));
		expect(requests('chat.postMessage').length).toBe(2);
		const [shown] = slack.messages('T1', 'C1');
		expect(shown?.blocks.some(({ type }) => type === 'plan' || type === 'data_visualization')).toBe(false);
		if (body.type !== 'message') throw new Error('no message');
		expect(body.controls.length).toBe(buttons);
		for (const control of body.controls) {
			expect(JSON.stringify(shown?.blocks)).toContain(controlId(control));
			const position = { tenant: 'T1', channel: 'C1', message: id };
			expect(await controls.find(controlId(control), position)).toEqual(control);
		}
		expect(slack.violations).toEqual([]);
	});

	it('what Slack did not take is not offered again when the message is edited', async () => {
		const { slack, startGateway, ask, until, requests } = await startSlackThread();
		await ask();
		const { poster } = startGateway();
		slack.faults.next('chat.postMessage', { type: 'error', error: 'invalid_blocks' });
		const id = await until(poster.post(place, slotOf('board'), bodyOf(board())));
		await until(poster.edit(place, slotOf('board'), id, bodyOf(board({ orchestration: 2 }))));
		expect(requests('chat.update').length).toBe(1);
		expect(slack.render('T1', 'C1')).toContain('*demo · 2 agents · round 2*');
	});

	it('and refuses the plainest too: it is not tried a third time at once', async () => {
		const { slack, startGateway, ask, until, requests } = await startSlackThread();
		await ask();
		slack.faults.next('chat.postMessage', { type: 'error', error: 'invalid_blocks' }, 2);
		const posted = until(startGateway().poster.post(place, slotOf('board'), bodyOf(board())));
		await expect(posted).rejects.toThrow('Slack refused chat.postMessage: invalid_blocks.');
		expect(requests('chat.postMessage').length).toBe(2);
	});

	it.each(['msg_too_long', 'msg_blocks_too_long'])(
		'%s: the text of the message is shown, with its buttons',
		async (error) => {
			const { slack, startGateway, ask, until } = await startSlackThread();
			await ask();
			slack.faults.next('chat.postMessage', { type: 'error', error });
			await until(startGateway().poster.post(place, slotOf('board'), bodyOf(board())));
			expect(slack.render('T1', 'C1')).toBe(
				'APP\n  Why is the sky blue? — demo · 2 agents · round 1 — sage: thinking, critic: thinking\n  [Stop !danger]',
			);
		},
	);
});

describe('case 35: a place is gone', () => {
	it('a board that somebody deleted is posted once more and begins another thread', async () => {
		const { slack, startGateway, project, ask, play, until, places, problems } = await startSlackThread();
		await ask();
		const projector = project(startGateway().gateway);
		const script = createScript().begin().start('sage', 1, 'answer');
		await play(projector, script.events);
		const [first] = slack.messages('T1', 'C1');
		if (first === undefined) throw new Error('no board');
		await slack.person('T1', 'U1').remove(first);
		for (const event of script.answer('sage', 1, 1, 'Because.').finish({ answer: null }).events)
			projector.handle(event);
		await until(projector.settled());
		const roots = slack.messages('T1', 'C1').filter(({ threadTs }) => threadTs === null);
		expect(roots).toHaveLength(1);
		expect((await places.get(sessionOf('a')))?.root).toBe(roots[0]?.ts);
		expect(await places.find(`T1/C1/${roots[0]?.ts}`)).toBe(sessionOf('a'));
		expect(problems).toEqual([]);
	});

	it('a board that is deleted again and again makes no loop', async () => {
		const isBoard = ({ blocks }: { blocks?: unknown }) => /run run-1/.test(String(blocks));
		const { slack, startGateway, project, ask, play, requests, problems } = await startSlackThread();
		await ask();
		slack.faults.next('chat.update', { type: 'error', error: 'message_not_found' }, 50, isBoard);
		await play(project(startGateway().gateway), finishedRun());
		expect(requests('chat.update').filter(({ error }) => error === 'message_not_found')).toHaveLength(2);
		expect(problems).toHaveLength(1);
	});

	it.each([
		['is_archived', 'The channel has been archived. Ask again in another channel.'],
		[
			'channel_not_found',
			'Slack knows no such channel any more, or the bot may not see it. Invite the bot, then ask again.',
		],
		['not_in_channel', 'The bot is not in the channel. Invite it with /invite, then ask again.'],
		[
			'token_revoked',
			'Slack no longer lets the bot write there (token_revoked). Install the app again, then ask again.',
		],
	])('%s ends it with one sentence', async (error, sentence) => {
		const { slack, startGateway, project, ask, play, problems } = await startSlackThread();
		await ask();
		slack.faults.next('chat.postMessage', { type: 'error', error }, 9);
		const { gateway, poster } = startGateway();
		await play(project(gateway), finishedRun());
		expect(problems).toEqual([
			`slack still does not take “board”, so it is not shown there (${sentence}). The run goes on.`,
		]);
		expect(slack.requests.length).toBe(1);
		expect(poster.editIntervalMs).toBe(2000);
	});

	it('a session that was never given a place ends it too', async () => {
		const { startGateway, until } = await startSlackThread();
		const posted = until(startGateway().poster.post(place, slotOf('board'), bodyOf(board())));
		await expect(posted).rejects.toMatchObject({ code: 'place_gone' });
	});
});

describe('a message that can no longer be edited', () => {
	it('is followed by another, once', async () => {
		const { slack, startGateway, ask, until } = await startSlackThread();
		await ask();
		const { poster } = startGateway();
		await until(poster.post(place, slotOf('board'), bodyOf(board())));
		const id = await until(poster.post(place, slotOf('slot:sage'), bodyOf(slot('First.'))));
		slack.faults.next('chat.update', { type: 'error', error: 'edit_window_closed' }, 2, ({ ts }) => ts === id);
		slack.faults.next('chat.postMessage', { type: 'drop_after_accept' });
		await expect(until(poster.edit(place, slotOf('slot:sage'), id, bodyOf(slot('Second.'))))).rejects.toThrow();
		const next = await until(poster.edit(place, slotOf('slot:sage'), id, bodyOf(slot('Second.'))));
		expect(next).not.toBe(id);
		expect(
			slack
				.messages('T1', 'C1')
				.map(({ blocks }) => JSON.stringify(blocks))
				.filter((one) => one.includes('Second')).length,
		).toBe(1);
	});

	it('is taken away, and one that is away already is no problem', async () => {
		const { slack, startGateway, ask, until } = await startSlackThread();
		await ask();
		const { poster } = startGateway();
		const id = await until(poster.post(place, slotOf('slot:sage'), bodyOf(slot('First.'))));
		await until(poster.remove(place, slotOf('slot:sage'), id));
		expect(slack.messages('T1', 'C1')).toEqual([]);
		slack.faults.next('chat.delete', { type: 'error', error: 'message_not_found' });
		await until(poster.remove(place, slotOf('slot:sage'), id));
	});
});

describe('the threads', () => {
	it('two workspaces with equal channels never cross', async () => {
		const { slack, startGateway, project, ask, play, places } = await startSlackThread({
			teams: [{ id: 'T1' }, { id: 'T2' }],
		});
		const { gateway } = startGateway();
		const other = sessionOf('a', 'C1', 'T2');
		await ask();
		await ask(other, { team: 'T2' });
		await play(project(gateway), createScript().begin('Mine?').start('sage', 1, 'answer').events);
		await play(project(gateway, { session: other, run: 'run-2' }), createScript('run-2').begin('Theirs?').events);
		expect(slack.render('T1', 'C1')).toContain('Mine?');
		expect(slack.render('T1', 'C1')).not.toContain('Theirs?');
		expect(slack.render('T2', 'C1')).toContain('Theirs?');
		const root = (await places.get(other))?.root;
		expect(await places.find(`T2/C1/${root}`)).toBe(other);
		expect(await places.find(`T1/C1/${root}`)).toBeNull();
	});

	it('a question that was asked in a message is answered in its thread', async () => {
		const { slack, startGateway, project, ask, play, places } = await startSlackThread();
		const { message } = await slack.person('T1', 'U1').mention('C1', 'why?');
		await ask(sessionOf('a'), { thread_ts: message.ts, form: 'thread' });
		const { gateway, poster } = startGateway();
		await play(project(gateway), finishedRun());
		expect(slack.messages('T1', 'C1', message.ts).length).toBe(7);
		const spot = await places.get(sessionOf('a'));
		expect(spot).toMatchObject({ thread_ts: message.ts });
		expect(await poster.permalink(sessionOf('a'))).toContain(String(spot?.root).replace('.', ''));
		expect(slack.violations).toEqual([]);
	});

	it('nothing is sent any more once it is closed, and what waits is given up', async () => {
		const { slack, startGateway, ask, until } = await startSlackThread();
		await ask();
		const { poster } = startGateway();
		await until(poster.post(place, slotOf('board'), bodyOf(board())));
		const waiting = poster.post(place, slotOf('slot:sage'), bodyOf(slot('Because.')));
		await slack.waitFor(() => slack.requests.length === 1);
		poster.close();
		await expect(waiting).rejects.toThrow('The bot is being stopped.');
		expect(slack.requests.length).toBe(1);
	});
});
