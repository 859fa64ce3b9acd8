import type { SocketModeReceiver } from '@slack/bolt';
import { type Clock, sleep } from '../../../core/clock.ts';
import { BotError, messageOf } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import { refusalOf, waitOf } from './call-errors.ts';
import { within } from './within.ts';

/** Wait before the second try to connect, in ms; it doubles with each further one, up to the longest. */
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
/** How long the end of the connection is waited for, in milliseconds. */
const GOODBYE_MS = 3000;
/** A connection that ends sooner than this (ms) counts as a failed try. */
const STABLE_MS = 1000;
/** Slack does not let us in, and will not. */
const LASTING = new Set([
	'not_authed',
	'invalid_auth',
	'not_allowed_token_type',
	'account_inactive',
	'token_revoked',
	'missing_scope',
]);

export interface SocketLinkOptions {
	/** Of a receiver that does not connect again by itself: it would leave 5 s and more without a connection. */
	client: SocketModeReceiver['client'];
	clock: Clock;
	say: Say;
	/** Told once for each outage. */
	onProblem(error: unknown): void;
}

/** A connection of socket mode that is there again at once when Slack wants a new one. */
export interface SocketLink {
	/** Resolves when it is connected, or when that will be tried until it is. Throws `config_invalid` for a wrong token. */
	start(): Promise<void>;
	isConnected(): boolean;
	stop(): Promise<void>;
}

export function createSocketLink({ client, clock, say, onProblem }: SocketLinkOptions): SocketLink {
	const stopping = new AbortController();
	let connecting = false;
	let connected = false;
	let failures = 0;
	let since = 0;

	const connect = async (): Promise<void> => {
		connecting = true;
		await client.start().finally(() => {
			connecting = false;
		});
		connected = true;
		since = clock.now();
	};

	const failed = (thrown: unknown): void => {
		failures += 1;
		if (failures === 1) {
			const userMessage = say('slack.not_connected', { reason: messageOf(thrown ?? 'closed') });
			onProblem(new BotError('config_invalid', 'no connection to Slack', { cause: thrown, userMessage }));
		}
	};

	/** Tries until it is connected. */
	const reconnect = async (thrown: unknown): Promise<void> => {
		for (let cause = thrown; !stopping.signal.aborted; ) {
			const asked = waitOf(cause);
			const backOff = failures === 0 ? 0 : Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (failures - 1));
			await sleep(clock, Math.max(asked ?? 0, backOff), stopping.signal);
			try {
				return await connect();
			} catch (again) {
				failed(again);
				cause = again;
			}
		}
	};

	client.on('disconnected', () => {
		connected = false;
		if (connecting || stopping.signal.aborted) return;
		if (clock.now() - since >= STABLE_MS) failures = 0;
		else failures += 1;
		reconnect(null).catch((thrown: unknown) => {
			if (!stopping.signal.aborted) onProblem(thrown);
		});
	});

	return {
		async start() {
			try {
				await connect();
			} catch (thrown) {
				if (LASTING.has(refusalOf(thrown) ?? '')) {
					const userMessage = say('slack.wrong_app_token', { reason: refusalOf(thrown) ?? '' });
					throw new BotError('config_invalid', 'SLACK_APP_TOKEN is refused', { cause: thrown, userMessage });
				}
				failed(thrown);
				reconnect(thrown).catch((again: unknown) => {
					if (!stopping.signal.aborted) onProblem(again);
				});
			}
		},
		isConnected: () => connected,
		async stop() {
			stopping.abort();
			await within(clock, GOODBYE_MS, client.disconnect());
		},
	};
}
