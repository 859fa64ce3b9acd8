import { App, HTTPReceiver, type Logger, LogLevel, SocketModeReceiver, webApi } from '@slack/bolt';
import { onTestFinished } from 'vitest';
import { type FakeSlack, type FakeSlackOptions, startFakeSlack } from './fake-slack.ts';
import type { Person } from './person.ts';

/** Says nothing: failures are what these tests are about. */
export const silent: Logger = {
	debug() {},
	info() {},
	warn() {},
	error() {},
	setLevel() {},
	getLevel: () => LogLevel.ERROR,
	setName() {},
};

export type Mode = 'socket' | 'http';

export interface Scene {
	slack: FakeSlack;
	app: App;
	/** U1 and U2 of team T1. */
	ada: Person;
	grace: Person;
}

export interface SceneOptions extends FakeSlackOptions {
	client?: webApi.WebClientOptions;
	/**
	 * Milliseconds before socket-mode connects again after a refresh, 5,000 by default. The client pings three times
	 * in that time and lets the connection go when the answer takes as long: not too short for a busy machine.
	 */
	reconnectAfterMs?: number;
	/** Called at every token look-up, before it answers. */
	beforeAuthorize?: () => Promise<void>;
}

function receiverFor(slack: FakeSlack, mode: Mode, client: webApi.WebClientOptions, reconnectAfterMs: number) {
	if (mode === 'http') return new HTTPReceiver({ signingSecret: slack.app.signingSecret, logger: silent });
	return new SocketModeReceiver({
		appToken: slack.app.appToken,
		clientPingTimeout: reconnectAfterMs,
		logger: silent,
		installerOptions: { clientOptions: client },
	});
}

async function listen(slack: FakeSlack, receiver: HTTPReceiver): Promise<void> {
	const address = (await receiver.start(0)).address();
	if (typeof address !== 'object' || address === null) throw new Error('the receiver has no port');
	slack.http.requestUrl = `http://127.0.0.1:${address.port}/slack/events`;
}

/** A fake and a real Bolt app on it, both ended with the test. */
export async function startScene(mode: Mode, options: SceneOptions = {}): Promise<Scene> {
	const slack = await startFakeSlack(options);
	const client = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logger: silent, ...options.client };
	const receiver = receiverFor(slack, mode, client, options.reconnectAfterMs ?? 5000);
	const app = new App({
		receiver,
		clientOptions: client,
		logger: silent,
		async authorize({ teamId = '' }) {
			await options.beforeAuthorize?.();
			const { botId, botUser } = slack.team(teamId);
			return { botToken: slack.tokenOf(teamId), botId, botUserId: botUser };
		},
	});
	if (receiver instanceof HTTPReceiver) await listen(slack, receiver);
	else await app.start();
	onTestFinished(async () => {
		// A client of socket-mode 3.1 that is told to stop while it connects again rejects with nobody to catch it.
		if (mode === 'socket') await slack.waitFor(() => slack.sockets.count() > 0, 'a connection to end');
		await app.stop();
		if (mode === 'socket') await slack.waitFor(() => slack.sockets.count() === 0, 'the end of the connection');
		await slack.close();
	});
	return { slack, app, ada: slack.person('T1', 'U1'), grace: slack.person('T1', 'U2') };
}

/** A client of the SDK with the token of T1, that tries nothing twice. */
export function clientOf(slack: FakeSlack, options: webApi.WebClientOptions = {}): webApi.WebClient {
	return new webApi.WebClient(slack.tokenOf('T1'), {
		slackApiUrl: slack.apiUrl,
		retryConfig: { retries: 0 },
		rejectRateLimitedCalls: true,
		logger: silent,
		...options,
	});
}
