import type { JournalEntry, RunInput, RunRecord } from '../core/run.ts';
import type { Store } from '../core/store.ts';
import { readRecalled } from '../memory/recalled.ts';
import { resultOf } from '../orchestrator/ending.ts';
import { openFold } from './fold.ts';
import { readJournal, readRunRecord } from './journal.ts';

/** A run that is over, as its journal tells it. */
export interface FinishedRun {
	record: RunRecord;
	input: RunInput;
	entries: readonly JournalEntry[];
	/** The agent whose answer was taken; null: none. */
	winner: string | null;
	/** Whether something that it was given of the memory is forgotten or put right since. */
	isScrubbed: boolean;
}

/** Null: it is not there, or not over. */
export async function finishedRun(store: Store, run: string): Promise<FinishedRun | null> {
	const record = await readRunRecord(store, run);
	if (record?.status !== 'finished') return null;
	const entries = await readJournal(store, run);
	const [opened, ...rest] = entries;
	if (opened?.type !== 'opened') return null;
	const { fold } = openFold(opened);
	for (const entry of rest) if (entry.type !== 'opened') fold.apply(entry);
	const { isScrubbed } = await readRecalled(store, run);
	return { record, input: opened.input, entries, winner: resultOf(fold.state()).winner, isScrubbed };
}
