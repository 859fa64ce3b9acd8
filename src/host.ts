import type { RunningBot } from './bot.ts';
import type { CommandForm } from './core/command-form.ts';
import type { GatewayHost, Inbound, PlacedMessage } from './core/gateway.ts';
import type { Say } from './core/say.ts';
import { viewOf } from './observers/thread.ts';
import { messagesOf } from './observers/thread-messages.ts';
import type { Runs } from './runs/runs.ts';
import { queueMessage } from './sessions/queue-message.ts';
import { summaryOf } from './sessions/said-in.ts';
import type { SessionRecord } from './sessions/session-record.ts';

export interface HostOptions {
	bot: RunningBot;
	runs: Runs;
	say: Say;
	commands(): readonly CommandForm[];
	receive(inbound: Inbound): Promise<void>;
	keptFile: GatewayHost['keptFile'];
}

/** What gateways may ask: threads out of the journals, the teams and the commands there are. */
export function createHost({ bot, runs, say, commands, receive, keptFile }: HostOptions): GatewayHost {
	const thread = async (run: string): Promise<PlacedMessage[]> => {
		return messagesOf(viewOf(await runs.events(run)), say).map((message) => ({ run, message }));
	};

	const summary = (record: SessionRecord) => summaryOf(runs, record);

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
		teams: bot.teams,
		commands,
		keptFile,
	};
}
