import { BotError } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import { sealingKey } from './seal.ts';

/** What Slack is reached with, as given. Null: not given. Secrets but for the addresses. */
export interface SlackCredentials {
	botToken: string | null;
	appToken: string | null;
	signingSecret: string | null;
	clientId: string | null;
	clientSecret: string | null;
	encryptionKey: string | null;
	/** Where Slack sends people after an installation; null: the first one of the app's own settings. */
	redirectUrl: string | null;
}

/** The same, found complete. */
export interface SlackAccess {
	/** How events come in. */
	way: { type: 'socket'; appToken: string } | { type: 'http'; signingSecret: string };
	/** Where the app is. */
	reach: { type: 'single'; botToken: string } | ({ type: 'installed' } & InstallAccess);
}

export interface InstallAccess {
	clientId: string;
	clientSecret: string;
	/** 32 bytes. */
	key: Buffer;
	redirectUrl: string | null;
}

/** Throws `config_invalid` with a sentence about what is missing. */
export function accessOf(given: SlackCredentials, say: Say): SlackAccess {
	const { appToken, signingSecret } = given;
	const reach = reachOf(given, say);
	if (appToken !== null) return { reach, way: { type: 'socket', appToken } };
	if (signingSecret !== null && signingSecret.trim() !== '') return { reach, way: { type: 'http', signingSecret } };
	throw incomplete(say('slack.no_way_in'));
}

function reachOf(given: SlackCredentials, say: Say): SlackAccess['reach'] {
	const { botToken, clientId, clientSecret, encryptionKey, redirectUrl } = given;
	if (clientId === null) {
		if (botToken === null) throw incomplete(say('slack.no_workspace'));
		return { type: 'single', botToken };
	}
	if (botToken !== null) throw incomplete(say('slack.two_reaches'));
	if (clientSecret === null) throw incomplete(say('slack.no_client_secret'));
	const key = encryptionKey === null ? null : sealingKey(encryptionKey);
	if (key === null) throw incomplete(say('slack.no_encryption_key'));
	return { type: 'installed', clientId, clientSecret, key, redirectUrl };
}

const incomplete = (userMessage: string) => new BotError('config_invalid', 'Slack is not set up', { userMessage });
