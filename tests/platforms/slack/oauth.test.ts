import { App, HTTPReceiver } from '@slack/bolt';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { silent } from './bolt-app.ts';
import { type FakeSlackOptions, startFakeSlack } from './fake-slack.ts';

/** A Bolt app that anybody can install, over HTTP. */
async function startInstallable(options: FakeSlackOptions = {}) {
	const slack = await startFakeSlack({
		teams: [
			{ id: 'T1', installed: false },
			{ id: 'T2', installed: false },
		],
		...options,
	});
	const clientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logger: silent };
	const receiver = new HTTPReceiver({
		signingSecret: slack.app.signingSecret,
		clientId: slack.app.clientId,
		clientSecret: slack.app.clientSecret,
		stateSecret: 'a state secret',
		scopes: slack.app.scopes,
		logger: silent,
		installerOptions: { authorizationUrl: slack.authorizeUrl, clientOptions, redirectUriPath: '/slack/oauth_redirect' },
		redirectUri: 'http://127.0.0.1:0/slack/oauth_redirect',
	});
	const app = new App({ receiver, clientOptions, logger: silent });
	const address = (await receiver.start(0)).address();
	const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
	slack.http.requestUrl = `${origin}/slack/events`;
	onTestFinished(async () => {
		await app.stop();
		await slack.close();
	});
	/** The port is known only now: the browser is sent there. */
	const here = (callback: string) => callback.replace('http://127.0.0.1:0', origin);
	const install = (team: string, how: { declines?: boolean; tamper?: (callback: string) => string } = {}) =>
		slack.install(team, 'U1', `${origin}/slack/install`, {
			...how,
			tamper: (url) => (how.tamper ?? String)(here(url)),
		});
	return { slack, app, install };
}

it('two teams install the app, and each is answered with its own token', async () => {
	const { slack, app, install } = await startInstallable();
	expect((await install('T1')).status).toBe(200);
	expect((await install('T2')).status).toBe(200);
	app.command('/massgen', async ({ ack, client, command }) => {
		const { team } = await client.auth.test();
		await ack(`${team} ${command.channel_id}`);
	});
	const answers = await Promise.all(['T1', 'T2'].map((team) => slack.person(team, 'U1').command('C1', '/massgen')));
	expect(answers.map(({ shown }) => shown)).toEqual(['Team T1 C1', 'Team T2 C1']);
	expect(slack.violations).toEqual([]);
});

it('an uninstall takes the tokens away and tells the app', async () => {
	const { slack, app, install } = await startInstallable();
	await install('T1');
	const seen: string[] = [];
	app.event('app_uninstalled', async ({ body }) => void seen.push(`uninstalled ${body.team_id}`));
	app.event('tokens_revoked', async ({ event }) => void seen.push(`revoked ${event.tokens.bot}`));
	const token = slack.tokenOf('T1');
	slack.uninstall('T1');
	await vi.waitFor(() => expect(seen.sort()).toEqual(['revoked UBOTT1', 'uninstalled T1']));
	await expect(app.client.auth.test({ token })).rejects.toThrow('account_inactive');
});

it('the app can give its tokens back, or leave', async () => {
	const { slack, app, install } = await startInstallable();
	await install('T1');
	expect(await app.client.auth.revoke({ token: slack.tokenOf('T1'), test: true })).toMatchObject({ revoked: false });
	expect(await app.client.auth.revoke({ token: slack.tokenOf('T1') })).toMatchObject({ revoked: true });
	expect(slack.team('T1').installed).toBe(false);
	await install('T2');
	const leave = (client_secret: string) =>
		app.client.apps.uninstall({ token: slack.tokenOf('T2'), client_id: slack.app.clientId, client_secret });
	await expect(leave('wrong')).rejects.toThrow('bad_client_secret');
	slack.tiers.enforce(false);
	await leave(slack.app.clientSecret);
	expect(slack.team('T2').installed).toBe(false);
});

it('a state of another browser, a declined consent and a code used twice install nothing', async () => {
	const { slack, app, install } = await startInstallable();
	const foreign = await install('T1', { tamper: (url) => url.replace(/state=[^&]+/, 'state=foreign') });
	const declined = await install('T1', { declines: true });
	expect([foreign.status, declined.status, slack.team('T1').installed]).toEqual([400, 500, false]);
	const { callback } = await install('T1');
	const code = String(new URL(callback).searchParams.get('code'));
	const { clientId: client_id, clientSecret: client_secret } = slack.app;
	const again = app.client.oauth.v2.access({ client_id, client_secret, code });
	await expect(again).rejects.toThrow('code_already_used');
	const unknown = app.client.oauth.v2.access({ client_id, client_secret: 'wrong', code });
	await expect(unknown).rejects.toThrow('bad_client_secret');
});

it('tokens that rotate are refreshed before they are too old, each refresh token once', async () => {
	const clock = createManualClock(Date.now());
	const { slack, app, install } = await startInstallable({ clock, app: { tokenLifeSeconds: 3600 } });
	await install('T1');
	const first = slack.tokenOf('T1');
	app.command('/massgen', async ({ ack, client }) => {
		await client.auth.test();
		await ack('fresh');
	});
	expect((await slack.person('T1', 'U1').command('C1', '/massgen')).shown).toBe('fresh');
	expect(slack.tokenOf('T1')).not.toBe(first);
	const refreshes = slack.requests.filter(({ args }) => args.grant_type === 'refresh_token');
	expect(refreshes.length).toBe(1);
	const { clientId: client_id, clientSecret: client_secret } = slack.app;
	const refresh = { grant_type: 'refresh_token' as const, refresh_token: 'xoxe-1-unknown' };
	await expect(app.client.oauth.v2.access({ client_id, client_secret, ...refresh })).rejects.toThrow(
		'invalid_refresh_token',
	);
});

it('the consent page sends a browser on', async () => {
	const { slack } = await startInstallable();
	const query = new URLSearchParams({
		client_id: slack.app.clientId,
		scope: 'chat:write',
		state: 's',
		redirect_uri: 'http://app/cb',
		team: 'T2',
	});
	const answer = await fetch(`${slack.authorizeUrl}?${query}`, { redirect: 'manual' });
	expect(answer.headers.get('location')).toMatch(/^http:\/\/app\/cb\?code=code\..+&state=s$/);
});
