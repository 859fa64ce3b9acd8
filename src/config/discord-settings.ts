import { listOf } from './list-of.ts';
import type { Environment } from './prepare.ts';
import { environmentProblem, type Problem } from './problem.ts';
import { settings as known, resolveSetting, type Setting } from './setting.ts';

export interface DiscordSettings {
	/** A secret. */
	token: string;
	/** Null: that of Discord. */
	api: string | null;
	/** The server in which the commands are registered; null: everywhere. */
	guild: string | null;
	/** Whether the commands are registered at the start. */
	deploy: boolean;
	messageContent: boolean;
	shards: 'auto' | number;
	/** Channels for requests whose own place is gone. */
	approvalsChannels: readonly string[];
}

/** Null without a token. */
export function discordSettings(env: Environment): DiscordSettings | null {
	const token = given(known.discordToken, env);
	if (token === null) return null;
	return {
		token: token.trim(),
		api: given(known.discordApiUrl, env)?.replace(/\/+$/, '') ?? null,
		guild: given(known.discordDevGuild, env),
		deploy: given(known.discordDeploy, env) === 'yes',
		messageContent: given(known.discordMessageContent, env) === 'yes',
		shards: shardsOf(given(known.discordShards, env) ?? known.discordShards.default) ?? 'auto',
		approvalsChannels: listOf(given(known.discordApprovals, env)),
	};
}

/** What is wrong with the variables of Discord. */
export function discordProblems(env: Environment): Problem[] {
	const check = (setting: Setting, isRight: (value: string) => boolean, expected: string): Problem[] => {
		const value = given(setting, env);
		if (value === null || isRight(value)) return [];
		return [environmentProblem(setting.env[0] ?? '', `expected ${expected}, found "${value}"`)];
	};
	const isChoice = (value: string) => value === 'yes' || value === 'no';
	return [
		...check(known.discordMessageContent, isChoice, 'yes or no'),
		...check(known.discordDeploy, isChoice, 'yes or no'),
		...check(
			known.discordDevGuild,
			(value) => /^\d{15,20}$/.test(value),
			'the id of a server, a number of 15 to 20 digits',
		),
		...check(known.discordShards, (value) => shardsOf(value) !== null, 'auto or a number from 1 to 1000'),
		...check(
			known.discordApprovals,
			(value) => listOf(value).every((id) => /^\d{15,20}$/.test(id)),
			'ids of channels, numbers of 15 to 20 digits with commas between them',
		),
		...check(
			known.discordApiUrl,
			(value) => /^https?:\/\//.test(value) && URL.canParse(value),
			'an address that begins with http:// or https://',
		),
	];
}

function given(setting: Setting, env: Environment): string | null {
	const { value, from } = resolveSetting(setting, { env });
	return from === 'default' ? null : value;
}

function shardsOf(text: string): 'auto' | number | null {
	if (text === 'auto') return 'auto';
	return /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1000 ? Number(text) : null;
}
