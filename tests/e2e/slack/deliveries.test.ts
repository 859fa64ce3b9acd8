import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/core/store.ts';
import { MODES, stage, wordsOf } from './stage.ts';

/** A store that answers nothing until it is opened, once it has been closed. */
function heldStore() {
	let held: PromiseWithResolvers<void> | null = null;
	const wait = async () => held?.promise;
	return {
		around: (store: Store): Store => ({
			...store,
			get: async (...given) => wait().then(() => store.get(...given)),
			list: async (...given) => wait().then(() => store.list(...given)),
			commit: async (...given) => wait().then(() => store.commit(...given)),
		}),
		hold() {
			held = Promise.withResolvers();
		},
		release() {
			held?.resolve();
			held = null;
		},
	};
}

describe.each(MODES)('over %s, what Slack delivers', (mode) => {
	it('case 1: a command and an event are acknowledged while the store does not answer', async () => {
		const held = heldStore();
		const { slack, ada, until, finished } = await stage(mode, { around: held.around });
		held.hold();
		const [{ delivery, shown }, { deliveries }] = await Promise.all([
			ada.command('C1', '/massgen', 'ask Why?'),
			ada.dm('How?'),
		]);
		expect([delivery.acked, shown, deliveries.map(({ acked }) => acked)]).toEqual([true, null, [true]]);
		held.release();
		await until('both ends', () => finished().length === 2);
		expect(slack.violations).toEqual([]);
	});

	it('case 2: everything is acknowledged while Slack does not say whose a token is, and a cached token is used', async () => {
		const first = await stage(mode, {
			slack: { app: { tokenLifeSeconds: 3600 } },
			env: {
				SLACK_CLIENT_ID: '1111.2222',
				SLACK_CLIENT_SECRET: 'fake-client-secret',
				SLACK_ENCRYPTION_KEY: 'a'.repeat(64),
				SLACK_REDIRECT_URL: 'http://127.0.0.1:1/slack/oauth_redirect',
			},
		});
		const { slack, ada, until, finished } = first;
		const page = await slack.install('T1', 'U1', `http://127.0.0.1:${first.app().slack?.port()}/slack/install`, {
			tamper: (callback) => callback.replace('127.0.0.1:1/', `127.0.0.1:${first.app().slack?.port()}/`),
		});
		expect(page.status).toBe(200);
		// Its life is shorter than what Slack wants it to be renewed before, and the renewal never answers.
		slack.faults.next('oauth.v2.access', { type: 'hang' }, 10);
		const { delivery } = await ada.command('C1', '/massgen', 'ask Why?');
		expect(delivery.acked).toBe(true);
		await until('the end', () => finished().length === 1);
		expect(slack.requests.filter(({ error }) => error === 'hang')).toHaveLength(1);
		expect(slack.violations).toEqual([]);
	});

	it('case 3: one event delivered three times, and again after a restart: exactly one run', async () => {
		const { slack, ada, restart, until, finished, started } = await stage(mode);
		slack.deliveries.duplicate(2);
		const { deliveries } = await ada.mention('C1', 'Why?');
		slack.deliveries.duplicate(1);
		const [event] = deliveries;
		if (event === undefined) throw new Error('nothing was delivered');
		await slack.deliveries.again(event, 1);
		await until('the end', () => finished().length === 1);
		await restart();
		await slack.deliveries.again(event, 2);
		// Whatever was told before this has been taken by then.
		await ada.mention('C1', 'The last word?');
		await until('the second end', () => finished().length === 2);
		expect(started().map(({ question }) => question)).toEqual(['Why?', 'The last word?']);
	});

	it('case 5: the same command twice: one run', async () => {
		const { slack, ada, until, finished, started } = await stage(mode);
		const { delivery } = await ada.command('C1', '/massgen', 'ask Why?');
		await slack.deliveries.again(delivery, 0);
		await until('the end', () => finished().length === 1);
		const board = await until('its thread', () => slack.messages('T1', 'C1').find(({ threadTs }) => threadTs !== null));
		await slack.deliveries.again(delivery, 0);
		// The thread is still the one that people answer in.
		await ada.say('C1', 'And how?', { threadTs: board.threadTs ?? '' });
		await until('the second end', () => finished().length === 2);
		expect(started().map(({ question }) => question)).toEqual(['Why?', 'And how?']);
	});

	it('who asks while nothing works is told so', async () => {
		const { slack, ada, until, problems } = await stage(mode, {
			around: (store) => ({
				...store,
				get: async (...given) => (given[0] === 'slack-place' ? Promise.reject(new Error('full')) : store.get(...given)),
			}),
		});
		await ada.command('C1', '/massgen', 'ask Why?');
		await until('the words', () => ada.ephemerals('C1').some((one) => wordsOf(one).includes('nothing was begun')));
		await until('the problem', () => problems.length > 0);
		expect([problems, slack.messages('T1', 'C1')]).toEqual([['Slack: full'], []]);
	});

	it('case 8: an empty command opens the form, and what is filled in there is asked', async () => {
		const { slack, ada, until, finished, started } = await stage(mode);
		const { delivery, shown } = await ada.command('C1', '/massgen', '');
		expect([delivery.acked, shown]).toEqual([true, null]);
		const modal = await until('the form', () => ada.modal());
		expect(slack.renderView(modal)).toMatchInlineSnapshot(`
			"== Ask a team of agents ==
			What you want to know: [plain_text_input: question]
			Who shall answer: [static_select: team]
			How much of the team's work is shown: [static_select: verbosity]
			Files for the team to read: [file_input: files]
			[Ask] [Cancel]"
		`);
		const filled = { question: 'Why?', team: { selected_option: { value: 'plain' } } };
		await ada.submit(modal, { ...filled, verbosity: { selected_option: { value: 'quiet' } }, files: { files: [] } });
		await until('the end', () => finished().length === 1);
		expect(started()[0]).toMatchObject({ question: 'Why?' });
		await until('the answer', () =>
			slack.messages('T1', 'C1').some((one) => wordsOf(one).includes('What the team says')),
		);
		expect([ada.modal(), slack.violations]).toEqual([null, []]);
	});

	it('case 8: when the trigger has expired, a hint says how to ask without the form', async () => {
		const { slack, ada, until } = await stage(mode);
		slack.faults.next('views.open', { type: 'error', error: 'expired_trigger_id' });
		await ada.command('C1', '/massgen', 'ask');
		const hint = await until('the hint', () => ada.ephemerals('C1')[0]);
		expect(wordsOf(hint)).toContain('/massgen ask Why is the sky blue?');
		expect([ada.modal(), slack.violations]).toEqual([null, []]);
	});
});
