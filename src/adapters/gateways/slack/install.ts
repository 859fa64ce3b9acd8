import type { Installation as BoltInstallation, InstallationStore, webApi } from '@slack/bolt';
import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import type { Installation } from './installations.ts';
import type { InstallAccess } from './slack-access.ts';
import type { Renewed, Workspaces } from './workspaces.ts';

/** Hands what Bolt's install pages get to the workspaces. Nothing is read through it: tokens come from there. */
export function createInstallDesk(workspaces: Workspaces): InstallationStore {
	return {
		async storeInstallation(installation) {
			await workspaces.add(installationOf(installation));
		},
		async fetchInstallation() {
			throw new BotError('bug', 'installations are not read through Bolt');
		},
	};
}

function installationOf({ team, bot, enterprise }: BoltInstallation<'v1' | 'v2', boolean>): Installation {
	if (team === undefined || bot === undefined) {
		throw new BotError('input_invalid', 'only a workspace can install the app, with its bot');
	}
	return {
		team: team.id,
		name: team.name ?? team.id,
		enterprise: enterprise?.id ?? null,
		token: bot.token,
		botUser: bot.userId,
		botId: bot.id,
		refreshToken: bot.refreshToken ?? null,
		expiresAt: bot.expiresAt === undefined ? null : bot.expiresAt * 1000,
	};
}

/** A new token for a refresh token, which is good for nothing afterwards. */
export async function renewToken(
	client: webApi.WebClient,
	{ clientId, clientSecret }: InstallAccess,
	refreshToken: string,
	clock: Clock,
): Promise<Renewed> {
	const answer = await client.oauth.v2.access({
		client_id: clientId,
		client_secret: clientSecret,
		grant_type: 'refresh_token',
		refresh_token: refreshToken,
	});
	const { access_token: token, refresh_token: next, expires_in: life } = answer;
	if (token === undefined || next === undefined || life === undefined) {
		throw new BotError('config_invalid', 'Slack gave no new token');
	}
	return { token, refreshToken: next, expiresAt: clock.now() + life * 1000 };
}
