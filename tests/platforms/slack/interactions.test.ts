import type { App } from '@slack/bolt';
import { describe, expect, it, vi } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { type Mode, type Scene, startScene } from './bolt-app.ts';

const MODES: readonly Mode[] = ['socket', 'http'];
const plain = (text: string) => ({ type: 'plain_text' as const, text });
const quiet = { unfurl_links: false, unfurl_media: false };
const card = [
	{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: 'Run it?' } },
	{
		type: 'actions' as const,
		block_id: 'decide',
		elements: [
			{
				type: 'button' as const,
				text: plain('Approve'),
				action_id: 'approve',
				value: 'id-1',
				style: 'primary' as const,
			},
			{
				type: 'static_select' as const,
				action_id: 'team',
				placeholder: plain('Team'),
				options: [{ text: plain('Fast'), value: 'fast' }],
			},
			{ type: 'external_select' as const, action_id: 'model', placeholder: plain('Model'), min_query_length: 0 },
		],
	},
];

const form = (title: string) => ({
	type: 'modal' as const,
	callback_id: 'ask',
	private_metadata: 'C1',
	notify_on_close: true,
	title: plain(title),
	submit: plain('Ask'),
	blocks: [
		{
			type: 'input' as const,
			block_id: 'question',
			label: plain('Question'),
			element: { type: 'plain_text_input' as const, action_id: 'text' },
		},
	],
});

async function postCard({ slack, app }: Scene) {
	const token = slack.tokenOf('T1');
	await app.client.chat.postMessage({ token, channel: 'C1', text: 'Run it?', blocks: card, ...quiet });
	const [message] = slack.messages('T1', 'C1');
	if (message === undefined) throw new Error('no card');
	return message;
}

describe.each(MODES)('over %s, a person', (mode) => {
	it('presses a button, and the card is replaced through its response URL', async () => {
		const scene = await startScene(mode);
		const { slack, app, ada } = scene;
		app.action('approve', async ({ ack, respond, body, action }) => {
			await ack();
			const value = 'value' in action ? action.value : '';
			await respond({
				replace_original: true,
				text: `approved ${value} by <@${body.user.id}>`.replace('<@U1>', 'ada'),
			});
		});
		const message = await postCard(scene);
		expect(slack.render('T1', 'C1')).toBe(
			'APP\n  Run it?\n  [Approve !primary] [static_select: Team] [external_select: Model]',
		);
		const delivery = await ada.press(message, 'approve');
		expect(delivery.ackMs).toBeLessThan(3000);
		await slack.waitFor(() => message.edits.length === 1);
		expect(slack.render('T1', 'C1')).toBe('APP\n  approved id-1 by ada');
		await expect(ada.press(message, 'approve')).rejects.toThrow('nothing to press');
		expect(slack.violations).toEqual([]);
	});

	it('chooses from a menu, and gets options for what was typed', async () => {
		const scene = await startScene(mode);
		const { slack, app, ada } = scene;
		const chosen: unknown[] = [];
		app.action('team', async ({ ack, action }) => {
			chosen.push('selected_option' in action && action.selected_option);
			await ack();
		});
		app.options('model', async ({ ack, options }) =>
			ack({ options: [{ text: plain(`m-${options.value}`), value: 'm' }] }),
		);
		const message = await postCard(scene);
		await ada.select(message, 'team', 'fast');
		await expect(ada.select(message, 'team', 'slow')).rejects.toThrow('no option slow');
		const { options } = await ada.suggest(message, 'model', 'op');
		expect([chosen, options]).toEqual([
			[{ text: plain('Fast'), value: 'fast' }],
			[{ text: plain('m-op'), value: 'm' }],
		]);
		expect(slack.violations).toEqual([]);
	});

	it('fills in a modal: refused with words below the input, then taken', async () => {
		const { slack, app, ada } = await startScene(mode);
		app.command('/massgen', async ({ ack, client, command }) => {
			await client.views.open({ trigger_id: command.trigger_id, view: form('Ask the team') });
			await ack();
		});
		app.view('ask', async ({ ack, view }) => {
			const text = view.state.values.question?.text?.value ?? '';
			if (text === '') await ack({ response_action: 'errors', errors: { question: 'Say something' } });
			else await ack();
		});
		await ada.command('C1', '/massgen');
		const view = ada.modal();
		if (view === null) throw new Error('no modal');
		expect(slack.renderView(view)).toBe('== Ask the team ==\nQuestion: [plain_text_input: text]\n[Ask]');
		expect((await ada.submit(view)).errors).toEqual({ question: 'Say something' });
		expect((await ada.submit(view, { question: 'why?' })).view).toBeNull();
		expect([ada.modal(), slack.violations]).toEqual([null, []]);
	});

	it('hands in what the app has filled in, where the person leaves it as it is', async () => {
		const { slack, app, ada } = await startScene(mode);
		const held: unknown[] = [];
		app.command('/massgen', async ({ ack, client, command }) => {
			const option = { text: plain('Two'), value: '2' };
			const filled = [
				{ type: 'plain_text_input' as const, action_id: 'a', initial_value: 'as it was' },
				{ type: 'static_select' as const, action_id: 'a', options: [option], initial_option: option },
			];
			const blocks = filled.map((element, index) => ({
				...{ type: 'input' as const, block_id: `b${index}`, label: plain('Label'), element },
			}));
			await client.views.open({ trigger_id: command.trigger_id, view: { ...form('Ask'), blocks } });
			await ack();
		});
		app.view('ask', async ({ ack, view }) => {
			const { b0, b1 } = view.state.values;
			held.push([b0?.a?.value, b1?.a?.selected_option?.value]);
			await ack({ response_action: 'errors', errors: { b0: 'again' } });
		});
		await ada.command('C1', '/massgen');
		const view = await slack.waitFor(() => ada.modal());
		await ada.submit(view);
		await ada.submit(view, { b0: 'other' });
		expect(held).toEqual([
			['as it was', '2'],
			['other', '2'],
		]);
		expect(slack.violations).toEqual([]);
	});

	it('goes through a stack of modals, and closes it', async () => {
		const { slack, app, ada } = await startScene(mode);
		const closed: string[] = [];
		app.shortcut('ask_about', async ({ ack, client, shortcut }) => {
			await ack();
			await client.views.open({ trigger_id: shortcut.trigger_id, view: form('One') });
		});
		app.view({ callback_id: 'ask', type: 'view_submission' }, async ({ ack, view }) => {
			if (view.title.text === 'One') await ack({ response_action: 'push', view: form('Two') });
			else await ack({ response_action: 'update', view: form('Three') });
		});
		app.view({ callback_id: 'ask', type: 'view_closed' }, async ({ ack, view }) => {
			closed.push(view.title.text);
			await ack();
		});
		const { message } = await ada.say('C1', 'what of this?');
		await ada.shortcut(message, 'ask_about');
		const one = await slack.waitFor(() => ada.modal());
		const { view: two } = await ada.submit(one);
		if (two === null) throw new Error('no second view');
		const { view: three } = await ada.submit(two);
		expect(three === two && slack.renderView(two)).toContain('== Three ==');
		await ada.dismiss(two);
		await ada.dismiss(one);
		expect([closed, ada.modal(), slack.violations]).toEqual([['Three', 'One'], null, []]);
	});

	it('opens the home tab and presses what is there', async () => {
		const { slack, app, ada } = await startScene(mode);
		app.event('app_home_opened', async ({ event, client }) => {
			await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: card } });
		});
		app.action('approve', async ({ ack, client, body }) => {
			await ack();
			const home = 'view' in body ? body.view : undefined;
			await client.views.update({
				view_id: String(home?.id),
				hash: String(home?.hash),
				view: { type: 'home', blocks: [] },
			});
		});
		await ada.openHome();
		const home = await slack.waitFor(() => ada.home());
		expect(slack.renderView(home)).toContain('[Approve !primary]');
		await ada.press(home, 'approve');
		await slack.waitFor(() => home.revisions === 1);
		expect(slack.renderView(home)).toBe('== home ==');
		expect(slack.violations).toEqual([]);
	});

	it('runs a global shortcut', async () => {
		const { app, ada } = await startScene(mode);
		app.shortcut('new_run', async ({ ack }) => ack());
		expect((await ada.globalShortcut('new_run')).acked).toBe(true);
	});
});

it('modals are stacked three high by what is pressed in them, and cleared at once', async () => {
	const { slack, app, ada } = await startScene('socket');
	const more = { ...form('Level'), blocks: [...form('').blocks, ...card] };
	const refused: unknown[] = [];
	app.command('/massgen', async ({ ack, client, command }) => {
		await ack();
		await client.views.open({ trigger_id: command.trigger_id, view: more });
	});
	app.action('approve', async ({ ack, client, body }) => {
		await ack();
		const trigger_id = 'trigger_id' in body ? body.trigger_id : '';
		await client.views.push({ trigger_id, view: more }).catch((error: Error) => refused.push(error.message));
	});
	app.view('ask', async ({ ack }) => ack({ response_action: 'clear' }));
	await ada.command('C1', '/massgen');
	const first = await slack.waitFor(() => ada.modal());
	await ada.press(first, 'approve');
	const second = await slack.waitFor(() => ada.modal() !== first && ada.modal());
	await ada.press(second, 'approve');
	const third = await slack.waitFor(() => ada.modal() !== second && ada.modal());
	expect([third.previousId, third.rootId]).toEqual([second.id, first.id]);
	await ada.press(third, 'approve');
	await vi.waitFor(() => expect(refused).toEqual([expect.stringContaining('push_limit_reached')]));
	expect((await ada.submit(third, { question: 'x' })).view).toBeNull();
	expect([first.open, second.open, third.open]).toEqual([false, false, false]);
});

describe('what a trigger and a response URL allow', () => {
	/** Keeps the trigger and the response URL of the last command. */
	async function startKeeping() {
		const clock = createManualClock();
		const scene = await startScene('http', { clock });
		const kept = { trigger_id: '', response_url: '' };
		scene.app.command('/massgen', async ({ ack, command }) => {
			Object.assign(kept, { trigger_id: command.trigger_id, response_url: command.response_url });
			await ack();
		});
		await scene.ada.command('C1', '/massgen');
		const open = (app: App) =>
			app.client.views.open({ token: scene.slack.tokenOf('T1'), trigger_id: kept.trigger_id, view: form('Ask') });
		const respond = async (body: object) => {
			const answer = await fetch(kept.response_url, { method: 'POST', body: JSON.stringify(body) });
			return [answer.status, ((await answer.json()) as { error?: string }).error];
		};
		return { ...scene, clock, open, respond };
	}

	it('a trigger is good for one modal', async () => {
		const { app, open } = await startKeeping();
		await open(app);
		await expect(open(app)).rejects.toThrow('exchanged_trigger_id');
	});

	it('a trigger is good for 3 s', async () => {
		const { app, clock, open, ada } = await startKeeping();
		await clock.advance(3001);
		await expect(open(app)).rejects.toThrow('expired_trigger_id');
		expect(ada.modal()).toBeNull();
	});

	it('a response URL takes five posts', async () => {
		const { slack, ada, respond } = await startKeeping();
		for (let index = 0; index < 4; index++) expect(await respond({ text: `note ${index}` })).toEqual([200, undefined]);
		expect(await respond({ text: 'for all', response_type: 'in_channel', ...quiet })).toEqual([200, undefined]);
		expect(await respond({ text: 'too much' })).toEqual([404, 'used_url']);
		expect(ada.ephemerals('C1').length).toBe(4);
		expect(slack.messages('T1', 'C1').map(({ text }) => text)).toEqual(['for all']);
		expect(slack.violations.map(({ code }) => code)).toEqual(['used_url']);
	});

	it('a response URL is good for 30 minutes, knows no markdown, and checks blocks', async () => {
		const { clock, respond } = await startKeeping();
		expect(await respond({ markdown_text: '**no**' })).toEqual([400, 'invalid_payload']);
		expect(await respond({ text: 'x', blocks: [{ type: 'song' }] })).toEqual([400, 'invalid_blocks']);
		await clock.advance(1_800_001);
		expect(await respond({ text: 'late' })).toEqual([404, 'expired_url']);
	});
});

it('an ephemeral card is replaced and taken away through its response URL', async () => {
	const { slack, app, ada } = await startScene('socket');
	app.action('approve', async ({ ack, respond }) => {
		await ack();
		await respond({ replace_original: true, text: 'once more', blocks: card });
	});
	app.action('team', async ({ ack, respond }) => {
		await ack();
		await respond({ delete_original: true });
	});
	const token = slack.tokenOf('T1');
	await app.client.chat.postEphemeral({ token, channel: 'C1', user: 'U1', text: 'Run it?', blocks: card });
	const [note] = ada.ephemerals();
	if (note === undefined) throw new Error('no note');
	await ada.press(note, 'approve');
	await slack.waitFor(() => note.edits.length === 1);
	await ada.select(note, 'team', 'fast');
	await slack.waitFor(() => note.deleted);
	expect([ada.ephemerals(), slack.violations]).toEqual([[], []]);
});

it('a view that is wrong is shown to nobody', async () => {
	const { slack, app, ada } = await startScene('socket');
	app.view('ask', async ({ ack }) => ack({ response_action: 'errors', errors: { nowhere: 'no such input' } }));
	app.command('/massgen', async ({ ack, client, command }) => {
		await ack();
		await client.views.open({ trigger_id: command.trigger_id, view: form('Ask') });
	});
	await ada.command('C1', '/massgen');
	const view = await slack.waitFor(() => ada.modal());
	const { delivery, errors } = await ada.submit(view);
	expect([delivery.error, errors, view.open]).toEqual(['invalid_view_response', {}, true]);
	const token = slack.tokenOf('T1');
	const { submit: _submit, ...long } = form('x'.repeat(25));
	const update = app.client.views.update({ token, view_id: view.id, view: long });
	await expect(update).rejects.toMatchObject({
		data: {
			error: 'invalid_arguments',
			errors: [
				'must be less than 25 characters [json-pointer:/view/title/text]',
				'missing required field: submit [json-pointer:/view]',
			],
		},
	});
	const stale = app.client.views.update({ token, view_id: view.id, hash: 'old', view: form('Ask') });
	await expect(stale).rejects.toThrow('hash_conflict');
});
