import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { AskModel, Lesson, MemoryEngine, MemorySource, MemorySpace } from '../core/memory.ts';
import type { JournalEntry, RunInput, RunRecord } from '../core/run.ts';
import { allRecords, isCommitted, type Store, type StoreChange, type StoredRecord } from '../core/store.ts';
import type { Consents } from './consents.ts';
import { evidenceOf, isTainted } from './evidence.ts';
import { scrubRecalled } from './recalled.ts';
import { channelSpace, threadSpace, userSpace } from './spaces.ts';

const DUE = 'memory-due';
const DAY_MS = 86_400_000;
/** A run that could not be learned of so often is left. */
const MOST_TRIES = 3;
/** How long one process has a run to itself, and how long one that failed is left alone; in milliseconds. */
const HELD_MS = 300_000;

const dueSchema = z.object({
	tries: z.number().int().nonnegative(),
	/** Not before this moment, in milliseconds since the epoch. */
	notBefore: z.number().int(),
});

/** Which try of a run it is that this process has it for, and the version of the record that says so. */
interface Claim {
	tries: number;
	version: number;
}

/** The change after which a run is not to be learned of any more. */
export const dueForgotten = (run: string): StoreChange => ({ type: 'delete', kind: DUE, key: run });

/** What a run leaves behind. `winner`: whose answer was taken; null: nobody's. */
export interface EndedRun {
	record: RunRecord;
	input: RunInput;
	entries: readonly JournalEntry[];
	winner: string | null;
	/** Whether something that it was given of the memory is forgotten or put right since. */
	isScrubbed: boolean;
}

export interface LearnerOptions {
	store: Store;
	clock: Clock;
	engine: MemoryEngine;
	consents: Consents;
	/** A run that is over; null: it is not there. */
	finished(run: string): Promise<EndedRun | null>;
	/** The model that reads what was said in a run; null: there is none. */
	modelFor(run: string, input: RunInput): Promise<AskModel | null>;
	onProblem(error: unknown): void;
}

/** Makes memories of runs that have ended, one after the other, and lets those go whose time is over. */
export interface Learner {
	/** What is committed with the end of a run, so that it is learned of whatever dies in between. */
	due(record: RunRecord): StoreChange[];
	/** Learns of every run that is due. Never rejects; while it is at it, a second call waits for the same. */
	work(): Promise<void>;
	/** Takes away what is older than its place keeps memories. */
	expire(): Promise<void>;
	/** Learns for so long at most, in milliseconds, and ends what is going on then; what was not finished is due again. */
	close(lingerMs: number): Promise<void>;
}

export function createLearner(options: LearnerOptions): Learner {
	const { store, clock, engine, consents, onProblem } = options;
	const closing = new AbortController();
	let going: Promise<void> | null = null;
	let again = false;

	/** Takes a run for this process alone. Null: another has it, or its time has not come. */
	const claim = async ({ key, value, version }: StoredRecord): Promise<Claim | null> => {
		const due = dueSchema.parse(value);
		if (due.notBefore > clock.now()) return null;
		const claimed = { tries: due.tries + 1, notBefore: clock.now() + HELD_MS };
		const put: StoreChange = { type: 'put', kind: DUE, key, value: claimed, version };
		return (await isCommitted(() => store.commit([put]))) ? { tries: claimed.tries, version: version + 1 } : null;
	};

	/** Whether a run may leave something in a space: it is on, and was not emptied since the run began. */
	const mayFill = async (space: MemorySpace, { startedAt }: RunRecord): Promise<boolean> => {
		const forgottenAt = (await consents.get(space))?.forgottenAt ?? null;
		return (await consents.isOn(space)) && (forgottenAt === null || startedAt > forgottenAt);
	};

	/** The texts that a run left in a space, and those that they took the place of. */
	const learnInto = async (space: MemorySpace, lesson: Lesson, { record, input }: EndedRun) => {
		// A process may have died after it had learned and before it had said so.
		const before = (await engine.list(space)).filter(({ source }) => source.run === record.id);
		if (before.length > 0) return { texts: before.map(({ text }) => text), replaced: [] };
		const ask = await options.modelFor(record.id, input);
		if (ask === null) return { texts: [], replaced: [] };
		const { kept, replaced } = await engine.learn(space, lesson, ask, closing.signal);
		return { texts: kept.map(({ text }) => text), replaced };
	};

	/** What is learned for a channel, for somebody who wants it for themselves, too. */
	const keepOwn = async (
		own: MemorySpace,
		texts: readonly string[],
		replaced: readonly string[],
		from: MemorySource,
	) => {
		const copies = (await engine.list(own)).filter(
			({ text, source }) => source.run !== null && replaced.includes(text),
		);
		await engine.remove(
			own,
			copies.map(({ id }) => id),
			'forgotten',
		);
		for (const text of texts) await engine.keep(own, text, from);
	};

	/** What belongs to a run in spaces that were turned off or emptied while a model was at it. */
	const takeBack = async (run: string, spaces: readonly MemorySpace[]): Promise<void> => {
		for (const space of spaces) {
			const late = (await engine.list(space)).filter(({ source }) => source.run === run).map(({ id }) => id);
			if (late.length > 0) await engine.remove(space, late, 'forgotten');
		}
	};

	const learn = async (run: string): Promise<void> => {
		const ended = await options.finished(run);
		const answer = ended?.record.result?.answer ?? null;
		if (ended === null || answer === null || ended.record.result?.outcome === 'failed') return;
		const { record, input, entries, winner } = ended;
		// Its answer may tell what is not to be known any more.
		if (ended.isScrubbed) return;
		const { session } = record;
		const [channel, thread] = [channelSpace(session), threadSpace(session)];
		if (!(await mayFill(channel, record))) return;
		const trust = isTainted(entries) ? 'foreign' : 'learned';
		const source: MemorySource = { session, run, by: input.requester?.user ?? null, trust };
		const { texts, replaced } = await learnInto(channel, { question: input.question, answer, source }, ended);
		const own = input.requester === null ? null : userSpace(input.requester);
		if (own !== null && (await mayFill(own, record))) {
			await keepOwn(own, texts, replaced, source);
			if (!(await mayFill(own, record))) await takeBack(run, [own]);
		}
		const evidence = winner === null ? [] : evidenceOf(entries, winner);
		for (const text of evidence) await engine.keep(thread, text, { ...source, trust: 'foreign' });
		if (!(await mayFill(channel, record))) await takeBack(run, [channel, thread]);
	};

	/** Gives a run back that could not be finished: it may be taken at once, as if it had not been tried. */
	const release = async (key: string, { tries, version }: Claim): Promise<void> => {
		const value = { tries: tries - 1, notBefore: 0 };
		await isCommitted(() => store.commit([{ type: 'put', kind: DUE, key, value, version }]));
	};

	const workOff = async (): Promise<void> => {
		for await (const record of allRecords(store, DUE)) {
			if (closing.signal.aborted) return;
			const { key } = record;
			const claimed = await claim(record);
			if (claimed === null) continue;
			try {
				// More often than that: it has brought down whole processes.
				if (claimed.tries <= MOST_TRIES) await learn(key);
			} catch (error) {
				if (closing.signal.aborted) return release(key, claimed);
				onProblem(error);
				if (claimed.tries < MOST_TRIES) continue;
			}
			await store.commit([dueForgotten(key)]);
		}
	};

	const work = async (): Promise<void> => {
		again = true;
		going ??= (async () => {
			while (again && !closing.signal.aborted) {
				again = false;
				await workOff().catch(onProblem);
			}
			going = null;
		})();
		await going;
	};

	return {
		due: ({ id }) => [{ type: 'put', kind: DUE, key: id, value: { tries: 0, notBefore: 0 } }],
		work,
		async expire() {
			for await (const space of engine.spaces()) {
				const days = await consents.retentionDays(space);
				if (days === null) continue;
				const old = (await engine.list(space)).filter(({ at }) => at <= clock.now() - days * DAY_MS);
				if (old.length === 0) continue;
				const ids = new Set(old.map(({ id }) => id));
				await scrubRecalled(store, ({ id }) => ids.has(id));
				await engine.remove(space, [...ids], 'expired');
			}
		},
		async close(lingerMs) {
			const late = Promise.withResolvers<void>();
			const cancel = clock.after(lingerMs, late.resolve);
			if (lingerMs > 0) await Promise.race([work(), late.promise]);
			cancel();
			closing.abort();
			await going;
		},
	};
}
