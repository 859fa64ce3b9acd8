import type { RunStatus } from '../core/command.ts';
import type { Say } from '../core/say.ts';
import { viewOf } from '../observers/thread.ts';
import { messagesOf } from '../observers/thread-messages.ts';
import type { Runs } from '../runs/runs.ts';
import type { SessionRecord } from './session-record.ts';

/** How the run stands that is going in a session, or was its last; empty when there is none. */
export async function statusOf(runs: Pick<Runs, 'events'>, record: SessionRecord, say: Say): Promise<RunStatus[]> {
	const { session, waiting } = record;
	const run = record.active ?? record.runs.at(-1)?.run;
	if (run === undefined) return [];
	const board = messagesOf(viewOf(await runs.events(run)), say).find((message) => message.type === 'board');
	if (board === undefined) return [];
	const { title, team, startedAt, finished, rows } = board;
	return [{ session, run, title, team, startedAt, finished, rows, waiting: waiting.length }];
}
