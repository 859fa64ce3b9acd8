import type { RunningBot } from './bot.ts';
import type { LoadedConfig } from './config/check-config.ts';
import type { ConfiguredTeam } from './config/configured-team.ts';
import { sentenceOf } from './core/errors.ts';
import type { GatewayHost, Inbound, PlacedMessage, ThreadSummary } from './core/gateway.ts';
import type { Say } from './core/say.ts';
import { threadAfter } from './observers/thread.ts';
import { messagesOf } from './observers/thread-messages.ts';
import { createThreadView } from './observers/thread-view.ts';
import type { Runs } from './runs/runs.ts';
import { queueMessage } from './sessions/queue-message.ts';
import type { SessionRecord } from './sessions/session-record.ts';

export interface HostOptions {
	bot: RunningBot;
	runs: Runs;
	config: LoadedConfig;
	say: Say;
	/** The default team. Throws when it cannot be used. */
	defaultTeam(): Promise<ConfiguredTeam>;
	receive(inbound: Inbound): Promise<void>;
}

/** What gateways may ask: threads out of the journals, and the teams there are. */
export function createHost({ bot, runs, config, say, defaultTeam, receive }: HostOptions): GatewayHost {
	const thread = async (run: string): Promise<PlacedMessage[]> => {
		const view = (await runs.events(run)).reduce(threadAfter, createThreadView());
		return messagesOf(view, say).map((message) => ({ run, message }));
	};

	const summary = async (record: SessionRecord): Promise<ThreadSummary> => {
		const ended = record.runs.filter(({ run }) => run !== record.active).at(-1);
		const result = ended === undefined ? null : ((await runs.record(ended.run))?.result ?? null);
		const { session, title, startedAt, active } = record;
		const state = active === null ? 'finished' : 'running';
		return { session, title, startedAt, state, outcome: result?.outcome ?? null, runs: record.runs.length };
	};

	return {
		receive,
		async threads(platform, tenant, options) {
			return Promise.all((await bot.sessions.list(platform, tenant, options)).map(summary));
		},
		async thread(session) {
			const record = await bot.sessions.get(session);
			if (record === null) return [];
			const messages = (await Promise.all(record.runs.map(({ run }) => thread(run)))).flat();
			const queue: PlacedMessage[] =
				record.waiting.length === 0 ? [] : [{ run: null, message: queueMessage(record.waiting) }];
			return [...messages, ...queue];
		},
		async teams() {
			const first = await defaultTeam().catch((error: unknown) => ({ team: null, notes: [sentenceOf(error)] }));
			const others = [...config.teams.values()].filter(({ problems }) => problems.length === 0).map(({ team }) => team);
			const usable =
				first.team === null ? others : [first.team, ...others.filter(({ name }) => name !== first.team.name)];
			const teams = usable.map(({ name, description, members }) => ({ name, description, members }));
			return { teams, notes: first.notes };
		},
	};
}
