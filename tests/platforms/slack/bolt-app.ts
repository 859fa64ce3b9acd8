import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import type { FakeSlack } from './fake-slack.ts';

/** Milliseconds before socket-mode connects again after a refresh; 5,000 by default. */
const RECONNECT_AFTER_MS = 50;

export interface BoltApp {
	app: App;
	stop(): Promise<unknown>;
}

/** A real Bolt app that talks to the fake, for the tests of the fake. */
export async function startBolt(
	slack: FakeSlack,
	mode: 'socket' | 'http',
	clientOptions: WebClientOptions = {},
): Promise<BoltApp> {
	const logLevel = LogLevel.ERROR;
	const client = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, ...clientOptions };
	const authorize = async ({ teamId }: { teamId?: string | undefined }) => {
		const { botId, botUser } = slack.team(teamId ?? '');
		return { botToken: slack.tokenOf(teamId ?? ''), botId, botUserId: botUser };
	};
	if (mode === 'socket') {
		const receiver = new SocketModeReceiver({
			appToken: slack.app.appToken,
			clientPingTimeout: RECONNECT_AFTER_MS,
			logLevel,
			installerOptions: { clientOptions: client },
		});
		const app = new App({ receiver, authorize, clientOptions: client, logLevel });
		await app.start();
		const stop = async () => {
			await app.stop();
			await slack.waitFor(() => slack.sockets.count() === 0, 'the end of the connection');
		};
		return { app, stop };
	}
	const receiver = new HTTPReceiver({ signingSecret: slack.app.signingSecret, logLevel });
	const app = new App({ receiver, authorize, clientOptions: client, logLevel });
	const server = await receiver.start(0);
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	slack.http.requestUrl = `http://127.0.0.1:${port}/slack/events`;
	return { app, stop: () => app.stop() };
}
