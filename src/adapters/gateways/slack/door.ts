import { createHmac } from 'node:crypto';
import type { HTTPReceiverOptions, InstallationStore, Logger, Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Clock } from '../../../core/clock.ts';
import type { Say } from '../../../core/say.ts';
import { SCOPES } from './app-shape.ts';
import { createEntrance, type Entrance, REQUEST_PATH } from './entrance.ts';
import { createSignatureGuard } from './signature-guard.ts';
import type { InstallAccess, SlackAccess } from './slack-access.ts';
import { createSocketLink } from './socket-link.ts';

export interface DoorOptions {
	access: SlackAccess;
	/** Of the Web API, with its slash. */
	apiUrl: string;
	/** What is listened on where something comes over HTTP. Port 0: any free one. */
	host: string;
	port: number;
	clock: Clock;
	say: Say;
	logger: Logger;
	/** Takes in who installs the app. */
	installationStore: InstallationStore;
	onProblem(error: unknown): void;
}

/** How Slack comes in: Bolt's receivers behind what they lack. */
export interface Door {
	/** For Bolt's `App`. */
	receiver: Receiver;
	/** Throws `config_invalid` when nobody could come in. */
	start(): Promise<void>;
	/** Whether what people do comes in at this moment. */
	isOpen(): boolean;
	/** The port that is listened on; null: everything comes over socket mode. */
	port(): number | null;
	stop(): Promise<void>;
}

export async function openDoor(options: DoorOptions): Promise<Door> {
	const { access, say, clock, host, port } = options;
	const { HTTPReceiver, SocketModeReceiver } = await import('@slack/bolt');
	const { way, reach } = access;
	const socket = way.type === 'socket' ? new SocketModeReceiver(socketOptions(way.appToken, options)) : null;
	const pages = reach.type === 'installed' ? installPages(reach, options) : {};
	const secret = way.type === 'http' ? way.signingSecret : null;
	const serves = secret !== null || reach.type === 'installed';
	const http = serves
		? new HTTPReceiver({
				// In socket mode there are only the pages of an installation: the entrance lets no request of Slack's through.
				signingSecret: secret ?? '',
				signatureVerification: secret !== null,
				endpoints: REQUEST_PATH,
				logger: options.logger,
				...pages,
			})
		: null;
	const guard = secret === null ? null : createSignatureGuard(secret, clock);
	const entrance: Entrance | null =
		http === null ? null : createEntrance({ host, port, guard, listener: http.requestListener, clock, say });
	const link = socket === null ? null : createSocketLink({ ...options, client: socket.client });
	const start = async (): Promise<void> => {
		await entrance?.start();
		await link?.start();
	};
	const stop = async (): Promise<void> => {
		await link?.stop();
		await entrance?.stop();
	};
	return {
		// Bolt would take the tokens of the installer as they come, and wait for them before it acknowledges.
		receiver: { init: (app) => (socket ?? http)?.init(app), start, stop },
		start,
		isOpen: () => link?.isConnected() ?? entrance !== null,
		port: () => entrance?.port() ?? null,
		stop,
	};
}

function socketOptions(
	appToken: string,
	{ apiUrl, logger }: DoorOptions,
): ConstructorParameters<typeof SocketModeReceiver>[0] {
	const clientOptions = { slackApiUrl: apiUrl, logger, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
	return { appToken, logger, autoReconnectEnabled: false, installerOptions: { clientOptions } };
}

/** The pages that the app is installed from: state in a signed token and in a cookie, both good for 10 minutes. */
function installPages(install: InstallAccess, options: DoorOptions): Omit<HTTPReceiverOptions, 'signingSecret'> {
	const { clientId, clientSecret, key, redirectUrl } = install;
	const { apiUrl, say, installationStore, onProblem } = options;
	const redirect = redirectUrl === null ? {} : { redirectUri: redirectUrl };
	const path = redirectUrl === null ? {} : { redirectUriPath: new URL(redirectUrl).pathname };
	return {
		clientId,
		clientSecret,
		stateSecret: createHmac('sha256', key).update('slack-oauth-state').digest('hex'),
		scopes: [...SCOPES],
		installationStore,
		...redirect,
		installerOptions: {
			...path,
			directInstall: true,
			authorizationUrl: new URL('/oauth/v2/authorize', apiUrl).href,
			clientOptions: { slackApiUrl: apiUrl },
			callbackOptions: {
				failure(error, _options, _request, response) {
					onProblem(error);
					response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' });
					response.end(say('slack.install.failed'));
				},
			},
		},
	};
}
