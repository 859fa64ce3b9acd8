import type { ThreadSummary } from '../core/gateway.ts';
import type { RunInput, RunRecord } from '../core/run.ts';
import type { Said } from './fit-history.ts';
import type { SessionRecord } from './session-record.ts';

/** Where it is kept what runs were asked and what came of them. */
export interface PastRuns {
	input(run: string): Promise<RunInput>;
	record(run: string): Promise<RunRecord | null>;
}

export interface Past {
	/** Of the runs that have an answer, in order. */
	said: Said[];
	/** What came with the questions of all runs. */
	attachments: RunInput['attachments'];
	/** Id of the files that the last winner left; null: none. */
	files: string | null;
}

/** What was said in these runs, and the files there are from them. */
export async function pastOf(past: PastRuns, runs: readonly string[]): Promise<Past> {
	const inputs = await Promise.all(runs.map((run) => past.input(run)));
	const results = await Promise.all(runs.map(async (run) => (await past.record(run))?.result ?? null));
	const said = runs.flatMap((run, index): Said[] => {
		const answer = results[index]?.answer ?? null;
		return answer === null ? [] : [{ run, question: inputs[index]?.question ?? '', answer }];
	});
	return {
		said,
		attachments: inputs.flatMap((input) => input.attachments),
		files: results.findLast((result) => result?.files !== undefined)?.files?.id ?? null,
	};
}

/** The conversation, as lists of threads show it. */
export async function summaryOf(past: Pick<PastRuns, 'record'>, record: SessionRecord): Promise<ThreadSummary> {
	const ended = record.runs.filter(({ run }) => run !== record.active).at(-1);
	const result = ended === undefined ? null : ((await past.record(ended.run))?.result ?? null);
	const { session, title, startedAt, active, waiting } = record;
	const state = active === null && waiting.length === 0 ? 'finished' : 'running';
	return { session, title, startedAt, state, outcome: result?.outcome ?? null, runs: record.runs.length };
}
