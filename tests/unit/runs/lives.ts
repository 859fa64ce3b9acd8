import fc from 'fast-check';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { type JournalEntry, runRecordSchema } from '../../../src/core/run.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import type { Store } from '../../../src/core/store.ts';
import { readJournal } from '../../../src/runs/journal.ts';
import type { HeldRun } from '../../../src/runs/runs.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { runWorld, teamOf } from '../../support/run-world.ts';
import { type Death, type MortalStore, mortalStore } from './mortal-store.ts';
import { anyWhim, createDiary, type Diary, type Whim, whimsicalAgent } from './whimsical-agent.ts';

/** What befalls one process. `at`: seconds after its start. */
interface Fate {
	death: Death | null;
	lags: readonly number[];
	suspendAt: number | null;
	stopAt: number | null;
	chooseAt: number | null;
}

export interface Plan {
	rules: Record<string, unknown>;
	whims: readonly (readonly Whim[])[];
	/** One per process; the last process of all meets with nothing. */
	fates: readonly Fate[];
}

const rarely = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 1, nil: null });
const maybe = (...values: number[]) => fc.constantFrom(null, ...values);

const anyRules = fc.record({
	schedule: fc.constantFrom('gathered', 'eager'),
	novelty: fc.constantFrom('lenient', 'balanced'),
	answerLimit: fc.constantFrom(1, 2, 3, null),
	selfVotes: fc.boolean(),
	tieBreak: fc.constantFrom('order', 'earliest', 'requester'),
	restarts: fc.constantFrom(0, 0, 1, 2),
	skipCoordination: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
	failureLimit: fc.integer({ min: 1, max: 3 }),
	deadlines: fc.record({
		firstAnswerMs: maybe(500, 5_000),
		turnMs: maybe(1_000, 30_000),
		presentationMs: fc.constantFrom(1_000, 30_000),
		choiceMs: maybe(3_000),
		runMs: fc.constantFrom(2_000, 20_000, 120_000),
	}),
	budget: fc.record({ modelCalls: fc.constantFrom(null, null, 1, 3, 8) }),
});

const anyFate: fc.Arbitrary<Fate> = fc.record({
	death: fc.option(
		fc.record({
			commit: fc.integer({ min: 1, max: 12 }),
			when: fc.constantFrom('before' as const, 'after' as const),
		}),
		{ freq: 4, nil: null },
	),
	lags: fc.array(fc.constantFrom(0, 0, 5, 400), { minLength: 1, maxLength: 5 }),
	suspendAt: rarely(fc.nat({ max: 5 })),
	stopAt: fc.option(fc.nat({ max: 8 }), { freq: 1, nil: null }).map((at) => (at !== null && at % 4 === 0 ? at : null)),
	chooseAt: rarely(fc.nat({ max: 5 })),
});

export const anyPlan: fc.Arbitrary<Plan> = fc.record({
	rules: anyRules,
	whims: fc.array(fc.array(anyWhim, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
	fates: fc.array(anyFate, { maxLength: 5 }),
});

/** One process's part in the run. */
export interface LifeStory {
	end: 'finished' | 'suspended' | 'died';
	/** What was shown, in order. */
	shown: readonly RunEvent[];
	/** `agent:attempt` of the turns it took. */
	taken: readonly string[];
	/** The journal when it took over. */
	found: readonly JournalEntry[];
	timersLeft: number;
	/** Its disk took longer than a cut waits for what the turns it aborts had used. */
	slow: boolean;
}

export interface Biography {
	lives: readonly LifeStory[];
	journal: readonly JournalEntry[];
	/** The lasting events by the journal. */
	events: readonly RunEvent[];
	status: string;
	diary: Diary;
}

const QUIET: Fate = { death: null, lags: [0], suspendAt: null, stopAt: null, chooseAt: null };
/** No run lasts longer: its deadline, in seconds, once for each process, and some more for the presentation. */
const LONGEST = 2_000;

/** Leads a run to its end through all its processes. */
export async function leadThrough(plan: Plan): Promise<Biography> {
	const disk = createMemoryStore();
	const diary = createDiary();
	const lives: LifeStory[] = [];
	let at = Date.UTC(2026, 0, 1);
	for (const fate of [...plan.fates, QUIET]) {
		const { now, ...life } = await leadOne(plan, fate, disk, diary, at);
		lives.push(life);
		at = now + 60_000;
		const [record] = await disk.list('run', { limit: 1 });
		if (record !== undefined && runRecordSchema.parse(record.value).status === 'finished') break;
	}
	const after = runWorld([], { store: disk });
	const records = await disk.list('run', { limit: 10 });
	const [record] = records.map(({ value }) => runRecordSchema.parse(value));
	if (record === undefined || records.length > 1) throw new Error(`${records.length} runs`);
	return {
		lives,
		journal: await readJournal(disk, record.id),
		events: await after.runs.events(record.id),
		status: record.status,
		diary,
	};
}

async function leadOne({ rules, whims }: Plan, fate: Fate, disk: Store, diary: Diary, start: number) {
	const clock = createManualClock(start);
	const store = mortalStore(disk, { ...fate, clock });
	const ids = whims.map((_, index) => 'abcd'.charAt(index));
	const agents = ids.map((id, index) => whimsicalAgent(id, whims[index] ?? [], clock, diary));
	const world = runWorld(agents, { store, clock });
	const [unfinished] = await world.runs.unfinished();
	const found = unfinished === undefined ? [] : await readJournal(disk, unfinished.id);
	const tookBefore = diary.taken.length;
	const opening =
		unfinished === undefined
			? world.ask(teamOf(ids, rules), { canAsk: true })
			: world.runs.resume(unfinished.id, { ...world.audience, canAsk: true });
	const life = watch(opening, store);
	for (let second = 0; life.end() === null; second += 1) {
		if (second > LONGEST) throw new Error(`the run does not end; last: ${JSON.stringify(world.events.slice(-6))}`);
		const run = life.run();
		if (second === fate.suspendAt) void run?.suspend();
		if (second === fate.stopAt) void run?.signal({ type: 'cancel', by: null });
		if (second === fate.chooseAt) void run?.signal({ type: 'chosen', agent: 'b', orchestration: 1 });
		await clock.advance(1_000);
	}
	const shown = [...world.events];
	const end = life.end() ?? 'died';
	const slow = fate.lags.some((lag) => lag > 300);
	if (end !== 'died') await clock.advance(2_000);
	return {
		end,
		shown,
		taken: diary.taken.slice(tookBefore),
		found,
		timersLeft: clock.pending(),
		slow,
		now: clock.now(),
	};
}

function watch(opening: Promise<HeldRun>, store: MortalStore) {
	let end: LifeStory['end'] | null = null;
	let run: HeldRun | null = null;
	let failure: unknown = null;
	void store.died.then(() => {
		end ??= 'died';
	});
	void opening
		.then((opened) => {
			run = opened;
			return opened.done;
		})
		.then(
			(how) => {
				end ??= how;
			},
			(error) => {
				failure = error;
			},
		);
	return {
		run: (): HeldRun | null => run,
		end() {
			if (failure !== null) throw failure;
			return end;
		},
	};
}
