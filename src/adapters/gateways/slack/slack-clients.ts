import type { WebClient } from '@slack/web-api';
import { CALL_TIMEOUT_MS } from './limits.ts';
import type { SlackSpot } from './slack-spot.ts';

/** Two clients of one workspace: each has a queue of its own, so what one waits for does not delay the other. */
export interface SlackClients {
	/** For what shows a run. */
	board: WebClient;
	/** For what a person waits for. */
	direct: WebClient;
}

export interface SlackClientsOptions {
	/** The workspace's bot token; throws when there is none any more. Asked for each call, so it should be cached. */
	tokenOf(team: string, enterprise: string | null): Promise<string>;
	/** Another address of the Web API than Slack's own; ends with a slash. */
	apiUrl: string | null;
}

/**
 * Clients by workspace. They send nothing twice and wait for nobody: the SDK's own policy sends a message again that
 * Slack may have taken, up to ten times in half an hour, and holds every call while one is told to wait.
 */
export function createSlackClients({ tokenOf, apiUrl }: SlackClientsOptions) {
	const known = new Map<string, { token: string; clients: SlackClients }>();
	return async ({ team, enterprise }: Pick<SlackSpot, 'team' | 'enterprise'>): Promise<SlackClients> => {
		const token = await tokenOf(team, enterprise);
		const found = known.get(team);
		if (found?.token === token) return found.clients;
		const { WebClient, LogLevel } = await import('@slack/web-api');
		const silent = () => {};
		const logger = {
			...{ debug: silent, info: silent, warn: silent, error: silent, setLevel: silent, setName: silent },
			getLevel: () => LogLevel.ERROR,
		};
		const open = () =>
			new WebClient(token, {
				...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
				logger,
				retryConfig: { retries: 0 },
				rejectRateLimitedCalls: true,
				timeout: CALL_TIMEOUT_MS,
			});
		const clients = { board: open(), direct: open() };
		known.set(team, { token, clients });
		return clients;
	};
}
