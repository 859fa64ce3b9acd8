import { listOf } from './list-of.ts';
import { portOf } from './port-of.ts';
import type { Environment } from './prepare.ts';
import { environmentProblem, type Problem } from './problem.ts';
import { settings as known, resolveSetting, type Setting } from './setting.ts';

export interface SlackSettings {
	/** Secrets, but for the redirect address. Null: not given. */
	credentials: {
		botToken: string | null;
		appToken: string | null;
		signingSecret: string | null;
		clientId: string | null;
		clientSecret: string | null;
		encryptionKey: string | null;
		redirectUrl: string | null;
	};
	/** Ends with a slash. */
	apiUrl: string;
	/** 0: any free one. */
	port: number;
	/** Channels for requests whose own place is gone. */
	approvalsChannels: readonly string[];
}

/** Null when the bot is not on Slack: neither a workspace's token nor an app that workspaces install. */
export function slackSettings(env: Environment): SlackSettings | null {
	const botToken = given(known.slackBotToken, env);
	const clientId = given(known.slackClientId, env);
	if (botToken === null && clientId === null) return null;
	const apiUrl = given(known.slackApiUrl, env) ?? known.slackApiUrl.default;
	return {
		credentials: {
			botToken,
			clientId,
			appToken: given(known.slackAppToken, env),
			signingSecret: given(known.slackSigningSecret, env),
			clientSecret: given(known.slackClientSecret, env),
			encryptionKey: given(known.slackEncryptionKey, env),
			redirectUrl: given(known.slackRedirectUrl, env),
		},
		apiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`,
		port: portOf(given(known.slackPort, env) ?? '') ?? Number(known.slackPort.default),
		approvalsChannels: listOf(given(known.slackApprovals, env)),
	};
}

/** What is wrong with the variables of Slack. */
export function slackProblems(env: Environment): Problem[] {
	const check = (setting: Setting, isRight: (value: string) => boolean, expected: string): Problem[] => {
		const value = given(setting, env);
		if (value === null || isRight(value)) return [];
		return [environmentProblem(setting.env[0] ?? '', `expected ${expected}`)];
	};
	const isAddress = (value: string) => /^https?:\/\//.test(value) && URL.canParse(value);
	const address = 'an address that begins with http:// or https://';
	return [
		...check(known.slackPort, (value) => portOf(value) !== null, 'a port from 0 to 65535'),
		...check(known.slackApiUrl, isAddress, address),
		...check(known.slackRedirectUrl, isAddress, address),
		...check(
			known.slackApprovals,
			(value) => listOf(value).every((id) => /^[CG][A-Z0-9]+$/.test(id)),
			'ids of channels, which begin with C, with commas between them',
		),
		...check(known.slackBotToken, (value) => /^xox[be]/.test(value), 'a bot token, which begins with xoxb-'),
		...check(known.slackAppToken, (value) => value.startsWith('xapp-'), 'an app-level token, which begins with xapp-'),
	];
}

/** Without the white space that comes with pasting; null when nothing is left. */
function given(setting: Setting, env: Environment): string | null {
	const { value, from } = resolveSetting(setting, { env });
	return from === 'default' || value.trim() === '' ? null : value.trim();
}
