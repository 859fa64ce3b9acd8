import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import type { Store } from '../../../core/store.ts';
import { bareClient } from './bare-client.ts';
import { refusalOf } from './call-errors.ts';
import { renewToken } from './install.ts';
import { createInstallations } from './installations.ts';
import { createSeal } from './seal.ts';
import type { SlackAccess } from './slack-access.ts';
import {
	createInstalledWorkspaces,
	createSingleWorkspace,
	type Identity,
	onceKnown,
	type Workspaces,
} from './workspaces.ts';

export interface OpenWorkspacesOptions {
	reach: SlackAccess['reach'];
	apiUrl: string;
	store: Store;
	clock: Clock;
	say: Say;
	onProblem(error: unknown): void;
}

export interface OpenedWorkspaces {
	workspaces: Workspaces;
	/** The one workspace there is; null: there may be many. Rejects as `identityOf` does. */
	only: (() => Promise<Identity>) | null;
}

export function openWorkspaces({
	reach,
	apiUrl,
	store,
	clock,
	say,
	onProblem,
}: OpenWorkspacesOptions): OpenedWorkspaces {
	if (reach.type === 'single') {
		const only = onceKnown(() => identityOf(reach.botToken, apiUrl, say));
		return { workspaces: createSingleWorkspace(reach.botToken, only), only };
	}
	const installations = createInstallations(store, createSeal(reach.key), say);
	const renew = async (refreshToken: string) => renewToken(await bareClient(apiUrl, null), reach, refreshToken, clock);
	return { workspaces: createInstalledWorkspaces({ installations, clock, renew, onProblem }), only: null };
}

/** Whose token it is. Throws `config_invalid` when Slack does not take it, and what the SDK throws otherwise. */
async function identityOf(token: string, apiUrl: string, say: Say): Promise<Identity> {
	const { auth } = await bareClient(apiUrl, token);
	const found = await auth.test().catch((cause: unknown) => {
		const reason = refusalOf(cause);
		if (reason === null) throw cause;
		throw new BotError('config_invalid', 'SLACK_BOT_TOKEN is refused', {
			cause,
			userMessage: say('slack.wrong_bot_token', { reason }),
		});
	});
	const { team_id: team, user_id: botUser, bot_id: botId, enterprise_id: enterprise } = found;
	if (team === undefined || botUser === undefined || botId === undefined) {
		throw new BotError('config_invalid', 'not a bot token', { userMessage: say('slack.not_a_bot_token') });
	}
	return { team, botUser, botId, enterprise: enterprise ?? null };
}
