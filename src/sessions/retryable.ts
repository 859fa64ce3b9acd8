import { BotError } from '../core/errors.ts';
import type { Say } from '../core/say.ts';
import type { Runs } from '../runs/runs.ts';
import type { SessionRecord } from './session-record.ts';

/**
 * The run of a session that can be put again: the one that is named, or its last. Throws `run_unknown` and
 * `input_invalid` for the person.
 */
export async function retryable(
	runs: Pick<Runs, 'record'>,
	record: SessionRecord | null,
	wanted: string | null,
	say: Say,
): Promise<string> {
	const run = wanted ?? record?.runs.at(-1)?.run ?? null;
	if (record === null || run === null || !record.runs.some((one) => one.run === run)) {
		throw new BotError('run_unknown', 'nothing to retry', { userMessage: say('retry.nothing') });
	}
	// What has ended stays active until its thread is shown; the new run waits behind it.
	const hasEnded = record.active !== run || (await runs.record(run))?.status === 'finished';
	if (hasEnded) return run;
	throw new BotError('input_invalid', 'still running', { userMessage: say('retry.running') });
}
