import type { RunningBot } from './bot.ts';
import type { CommandForm } from './core/command-form.ts';
import type { BotError } from './core/errors.ts';
import type { GatewayHost, Inbound, PlacedMessage } from './core/gateway.ts';
import type { ProgramHost } from './core/program-host.ts';
import type { Say } from './core/say.ts';
import { viewOf } from './observers/thread.ts';
import { messagesOf } from './observers/thread-messages.ts';
import type { Runs } from './runs/runs.ts';
import { queueMessage } from './sessions/queue-message.ts';
import { summaryOf } from './sessions/said-in.ts';
import type { SessionRecord } from './sessions/session-record.ts';
import { takenBefore } from './sessions/sessions.ts';

export interface HostOptions {
	bot: RunningBot;
	runs: Runs;
	say: Say;
	commands(): readonly CommandForm[];
	submit(inbound: Inbound): Promise<BotError | null>;
	keptFile: GatewayHost['keptFile'];
}

/** What gateways may ask: threads out of the journals, the teams and the commands there are. */
export function createHost({ bot, runs, say, commands, submit, keptFile }: HostOptions): ProgramHost {
	const thread = async (run: string): Promise<PlacedMessage[]> => {
		return messagesOf(viewOf(await runs.events(run)), say).map((message) => ({ run, message }));
	};

	const summary = (record: SessionRecord) => summaryOf(runs, record);

	return {
		receive: async (inbound) => void (await submit(inbound)),
		submit: async (inbound) => (await submit(inbound))?.code ?? null,
		async asked(session, id) {
			const record = await bot.sessions.get(session);
			return record === null ? null : takenBefore(record, id);
		},
		async threads(platform, tenant, options) {
			return Promise.all((await bot.sessions.list(platform, tenant, options)).map(summary));
		},
		async thread(session) {
			const record = await bot.sessions.get(session);
			if (record === null) return [];
			const messages = (await Promise.all(record.runs.map(({ run }) => thread(run)))).flat();
			const queue: PlacedMessage[] =
				record.waiting.length === 0
					? []
					: [{ run: null, message: queueMessage(record.waiting, bot.sessions.ahead(session)) }];
			return [...messages, ...queue];
		},
		teams: bot.teams,
		commands,
		keptFile,
	};
}
