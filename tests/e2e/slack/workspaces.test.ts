import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/core/store.ts';
import { buttonOf, MODES, type Mode, type Stage, type StageOptions, stage, wordsOf } from './stage.ts';

const REDIRECT = 'http://127.0.0.1:1/slack/oauth_redirect';
const OAUTH = {
	SLACK_CLIENT_ID: '1111.2222',
	SLACK_CLIENT_SECRET: 'fake-client-secret',
	SLACK_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
	SLACK_REDIRECT_URL: REDIRECT,
};

/** A program that two workspaces have installed. */
async function installed(mode: Mode, options: StageOptions = {}): Promise<Stage> {
	const teams = [
		{ id: 'T1', installed: false },
		{ id: 'T2', installed: false },
	];
	const { slack, ...more } = options;
	const on = await stage(mode, { ...more, slack: { teams, ...slack }, env: { ...OAUTH, ...options.env } });
	for (const { id } of teams) expect((await install(on, id)).status).toBe(200);
	return on;
}

/** Slack sends people back to an address that nobody serves here: they follow it to the program's own port. */
const install = (on: Stage, team: string, how: { declines?: boolean; state?: string } = {}) =>
	on.slack.install(team, 'U1', `http://127.0.0.1:${on.app().slack?.port()}/slack/install`, {
		...how,
		tamper(callback) {
			const url = new URL(callback);
			url.port = String(on.app().slack?.port());
			if (how.state !== undefined) url.searchParams.set('state', how.state);
			return url.href;
		},
	});

describe.each(MODES)('over %s, many workspaces', (mode) => {
	it('case 49: two workspaces with the same channel ids stay apart', async () => {
		const { slack, until, finished, started, board } = await installed(mode);
		const [one, two] = ['T1', 'T2'].map((team) => slack.person(team, 'U1'));
		await Promise.all([one?.mention('C1', 'Question of one?'), two?.mention('C1', 'Question of two?')]);
		await until('both ends', () => finished().length === 2);
		for (const [index, team] of ['T1', 'T2'].entries()) {
			const texts = slack.messages(team, 'C1').map(wordsOf).join('\n');
			expect(texts).toContain(`Question of ${['one', 'two'][index]}?`);
			expect(texts).not.toContain(`Question of ${['two', 'one'][index]}?`);
		}
		expect(
			started()
				.map(({ session }) => session.split(':').slice(0, 3))
				.sort(),
		).toEqual([
			['slack', 'T1', 'C1'],
			['slack', 'T2', 'C1'],
		]);
		// A button of one workspace does nothing in the other, wherever it is said to be.
		const done = await board('Retry', { team: 'T1' });
		await two?.press({ ...done, team: 'T2' }, buttonOf(done, 'Retry'));
		await until('the words', () =>
			two?.ephemerals('C1').some((shown) => wordsOf(shown).includes('of no use any more')),
		);
		expect(slack.violations).toEqual([]);
	});

	it('case 49: taking the app out deletes the token, stops the runs of that workspace, and what waits there', async () => {
		const kept: { store?: Store } = {};
		const { slack, until, finished, board, app } = await installed(mode, {
			around: (store) => {
				kept.store = store;
				return store;
			},
		});
		const [one, two] = ['T1', 'T2'].map((team) => slack.person(team, 'U1'));
		const asked = await one?.mention('C1', 'Please wait for ever.');
		await two?.mention('C1', 'Please wait for ever.');
		await board('Stop', { team: 'T1' });
		await board('Stop', { team: 'T2' });
		await one?.say('C1', 'wait for ever, behind it', { threadTs: asked?.message.ts ?? '' });
		await until('the queue', () => one?.ephemerals('C1').some((shown) => wordsOf(shown).includes('position 1')));
		expect(await kept.store?.get('slack-installation', 'T1')).not.toBeNull();
		slack.uninstall('T1');
		await until('both ends', () => finished().length === 2);
		expect(finished().map(({ outcome }) => outcome)).toEqual(['stopped', 'stopped']);
		expect(await kept.store?.get('slack-installation', 'T1')).toBeNull();
		const running = (await app().bot.sessions.list('slack', 'T2', { limit: 10 })).map(({ active }) => active !== null);
		expect(running).toEqual([true]);
	});

	it('tokens are stored encrypted, and are there after a restart', async () => {
		const kept: { store?: Store } = {};
		const around = (store: Store) => {
			kept.store = store;
			return store;
		};
		const { slack, restart, until, finished } = await installed(mode, { around });
		const record = JSON.stringify(await kept.store?.get('slack-installation', 'T1'));
		expect(record).not.toContain(slack.tokenOf('T1'));
		expect(record).not.toContain('xox');
		await restart();
		await slack.person('T1', 'U1').mention('C1', 'Why?');
		await until('the end', () => finished().length === 1);
		expect(slack.violations).toEqual([]);
	});

	it('a token that ends soon is renewed on the side, and the old one is used as long as it works', async () => {
		const { slack, until, finished, problems } = await installed(mode, { slack: { app: { tokenLifeSeconds: 7000 } } });
		const before = slack.tokenOf('T1');
		await slack.person('T1', 'U1').mention('C1', 'Why?');
		await until('the end', () => finished().length === 1);
		await until('a new token', () => slack.tokenOf('T1') !== before);
		await slack.person('T1', 'U1').mention('C1', 'And how?');
		await until('the second end', () => finished().length === 2);
		expect([problems, slack.violations]).toEqual([[], []]);
	});

	it.each([
		['declined', { declines: true }],
		['begun elsewhere', { state: 'made-up' }],
	])('an installation that was %s installs nothing, and says how to begin again', async (_, how) => {
		const on = await stage(mode, { slack: { teams: [{ id: 'T1', installed: false }] }, env: OAUTH });
		const page = await install(on, 'T1', how);
		expect([page.status, page.body]).toEqual([400, expect.stringContaining('Begin again at /slack/install')]);
		expect(on.slack.team('T1').installed).toBe(false);
	});

	it.each([
		['no encryption key', { SLACK_ENCRYPTION_KEY: '' }, /SLACK_ENCRYPTION_KEY/],
		['a short key', { SLACK_ENCRYPTION_KEY: 'c2hvcnQ=' }, /SLACK_ENCRYPTION_KEY/],
		['no client secret', { SLACK_CLIENT_SECRET: '' }, /SLACK_CLIENT_SECRET/],
		['a token of one workspace too', { SLACK_BOT_TOKEN: 'xoxb-T1-1' }, /both set/],
	])('with %s it is refused at the start', async (_, env, words) => {
		const { problems, about } = await stage(mode, { env: { ...OAUTH, ...env } });
		expect([problems, about]).toEqual([[expect.stringMatching(words)], []]);
	});
});

describe('one workspace', () => {
	it('case 49: after the app was taken out, its runs are stopped and nothing is said any more', async () => {
		const { slack, ada, until, finished, board } = await stage('socket');
		await ada.mention('C1', 'Please wait for ever.');
		await board('Stop');
		slack.uninstall('T1');
		await until('the end', () => finished().length === 1);
		expect(finished()).toMatchObject([{ outcome: 'stopped' }]);
	});

	it('an installation that was stored with another key says so', async () => {
		const { slack, until, problems, restart, setEnv } = await installed('socket');
		setEnv({ SLACK_ENCRYPTION_KEY: 'b'.repeat(64) });
		await restart();
		await slack.person('T1', 'U1').mention('C1', 'Why?');
		await until('the words', () => problems.some((text) => text.includes('another SLACK_ENCRYPTION_KEY')));
	});
});
