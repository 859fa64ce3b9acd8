import { type JournalEntry, type RunRecord, runRecordSchema } from '../../src/core/run.ts';
import { allRecords, type Store } from '../../src/core/store.ts';
import { readJournal } from '../../src/runs/journal.ts';
import type { FakeDiscord } from '../../tests/platforms/discord/discord.ts';

/** What the runs have come to. */
export interface Verdict {
	runs: number;
	outcomes: Readonly<Record<string, number>>;
	/** Model calls that the journals account for. */
	calls: number;
	/** Most runs that were going at the same moment. */
	concurrent: number;
	/** What is not as it must be, in sentences. */
	faults: readonly string[];
}

/** Whether nothing goes on any more: each run has ended, its session has heard of it and its thread is shown. */
export async function isOver(store: Store): Promise<boolean> {
	for await (const { value } of allRecords(store, 'run'))
		if (runRecordSchema.parse(value).status !== 'finished') return false;
	const open = await Promise.all(['busy', 'showing'].map((kind) => store.list(kind, { limit: 1 })));
	return open.flat().length === 0;
}

/** Compares the journals with what the provider says that it has sent, reply by reply. */
export async function judge(store: Store, served: ReadonlyMap<number, number>): Promise<Verdict> {
	const faults: string[] = [];
	const outcomes: Record<string, number> = {};
	const seen = new Set<number>();
	const spans: { from: number; to: number }[] = [];
	let calls = 0;
	for await (const { value } of allRecords(store, 'run')) {
		const record = runRecordSchema.parse(value);
		const journal = await readJournal(store, record.id);
		const outcome = record.result?.outcome ?? record.status;
		outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
		spans.push({ from: record.startedAt, to: record.result?.finishedAt ?? Number.POSITIVE_INFINITY });
		if (record.status !== 'finished') faults.push(`run ${record.id} is ${record.status}`);
		if (isGivenUp(journal)) faults.push(`run ${record.id} was given up`);
		for (const { inputTokens: number, outputTokens } of usagesIn(journal)) {
			// What broke off is accounted for without tokens.
			if (number === null || number === 0) continue;
			calls += 1;
			if (seen.has(number)) faults.push(`reply ${number} is accounted for twice`);
			seen.add(number);
			if (served.get(number) !== outputTokens) {
				faults.push(
					`reply ${number} has ${outputTokens} tokens in run ${record.id} and ${served.get(number)} at the provider`,
				);
			}
		}
	}
	return { runs: spans.length, outcomes, calls, concurrent: mostAtOnce(spans), faults };
}

const usagesIn = (journal: readonly JournalEntry[]) =>
	journal.flatMap((entry) => ('calls' in entry ? entry.calls.map(({ usage }) => usage) : []));

const isGivenUp = (journal: readonly JournalEntry[]) =>
	journal.some((entry) => entry.type === 'signalled' && entry.signal.type === 'given_up');

function mostAtOnce(spans: readonly { from: number; to: number }[]): number {
	const steps = spans.flatMap(({ from, to }) => [
		{ at: from, by: 1 },
		{ at: to, by: -1 },
	]);
	let going = 0;
	let most = 0;
	for (const { by } of steps.sort((a, b) => a.at - b.at || a.by - b.by)) {
		going += by;
		most = Math.max(most, going);
	}
	return most;
}

/** Messages that are in a thread of the bot twice, and boards beyond one for each run. */
export function doubled(discord: FakeDiscord, runs: readonly RunRecord[]): string[] {
	const faults: string[] = [];
	const channel = discord.channel('Alpha', 'general');
	const boards = discord.messages(channel).filter(({ author }) => author.id === discord.bot.id);
	const asked = runs.filter(({ session }) => session.startsWith('discord:'));
	if (boards.length !== asked.length) faults.push(`${boards.length} boards of ${asked.length} runs on Discord`);
	for (const thread of discord.threads(channel)) {
		const heads = discord.messages(thread).map(({ content }) => content.split('\n')[0] ?? '');
		const twice = heads.filter((head, index) => head.startsWith('## ') && heads.indexOf(head) !== index);
		if (twice.length > 0) faults.push(`in a thread of Discord twice: ${twice.join(', ')}`);
	}
	return faults;
}
