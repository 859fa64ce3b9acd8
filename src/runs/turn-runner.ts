import { maskSecrets } from '../config/mask-secrets.ts';
import type { Agent, AgentEvent, Turn } from '../core/agent.ts';
import { type Clock, sleep } from '../core/clock.ts';
import type { Signal } from '../core/coordination.ts';
import { messageOf } from '../core/errors.ts';
import type { Recalled } from '../core/memory.ts';
import type { JournalEntry } from '../core/run.ts';
import type { RunEvent } from '../core/run-event.ts';
import type { ModelCall } from '../core/usage.ts';
import { keyOf, type Pending } from '../orchestrator/pending.ts';
import type { RunFold } from './fold.ts';
import { turnFor } from './turn.ts';

export type TurnWork = Exclude<Pending, { type: 'choose' }>;
type Ending = Extract<AgentEvent, { type: 'answered' | 'voted' | 'reviewed' | 'suspended' | 'failed' }>;
type SavePoint = Omit<Extract<AgentEvent, { type: 'saved' }>, 'type'>;

/** How long a cut waits for aborted turns to say what they used, in milliseconds. */
const ABORT_GRACE_MS = 300;
/** How long a stop waits for agents, which owe their end a second after an abort, in milliseconds. */
const STOP_GRACE_MS = 1_500;
/** Pauses before a failed turn is tried again, in milliseconds: doubled each time up to the cap. */
const BACKOFF_MS = 1_000;
const BACKOFF_CAP_MS = 30_000;

/** The turns of one run that are in flight in this process, by the key of their work. */
export interface TurnRunner {
	/** Does nothing when the work is in flight already. */
	start(work: TurnWork): void;
	/** Keys of the work in flight. */
	inFlight(): readonly string[];
	/** Aborts a turn that newer answers made moot; what it used is recorded when it has ended. */
	abort(key: string): void;
	/**
	 * Aborts the turns that `moot` names, those included that begin meanwhile, and waits for a moment until all
	 * aborted turns have ended and what they used is recorded.
	 */
	cut(moot: () => readonly string[]): Promise<void>;
	/** Aborts everything and records nothing more; resolves when all turns have ended or were given up. */
	stop(): Promise<void>;
}

export interface TurnRunnerOptions {
	fold: RunFold;
	/** An agent of the run; undefined when it is no longer configured. */
	agentOf(id: string): Promise<Agent | undefined>;
	clock: Clock;
	random(): number;
	/** Resolves when the entry is durable. */
	record(entry: Exclude<JournalEntry, { type: 'opened' }>): Promise<void>;
	/** Resolves when the calls of a turn wait for people, durably. */
	suspend(turn: Turn, ending: Suspension): Promise<void>;
	publish(event: RunEvent): void;
	/** What the run was given of the memory and is not forgotten since. */
	memories(): Promise<readonly Recalled[]>;
}

export type Suspension = Extract<AgentEvent, { type: 'suspended' }>;

interface Flight {
	controller: AbortController;
	ended: Promise<void>;
}

export function createTurnRunner(options: TurnRunnerOptions): TurnRunner {
	const { fold, clock } = options;
	const flights = new Map<string, Flight>();
	let stopped = false;

	const signalled = (signal: Signal, calls: readonly ModelCall[]) =>
		options.record({ v: 1, type: 'signalled', at: clock.now(), signal, calls: [...calls] });

	const saved = ({ agent, attempt }: { agent: string; attempt: number }, point: SavePoint) => {
		const { messages, calls, repliesUsed, begins = [], plan } = point;
		const progress = { messages: [...messages], calls: [...calls], repliesUsed };
		const about = { v: 1, type: 'saved', at: clock.now(), agent, attempt } as const;
		const begun = begins.length === 0 ? {} : { begins: [...begins] };
		return options.record({ ...about, ...progress, ...begun, ...(plan === undefined ? {} : { plan: [...plan] }) });
	};

	/** What an aborted turn had used; its outcome counts for nothing. */
	const account = (work: TurnWork, calls: readonly ModelCall[]) => {
		const repliesUsed = fold.progress(work.agent, work.attempt)?.repliesUsed ?? 0;
		return saved(work, { messages: [], calls, repliesUsed });
	};

	/** One turn from start to ending. Never rejects. */
	const take = async (work: TurnWork, signal: AbortSignal, land: () => void): Promise<void> => {
		const { agent: id, attempt } = work;
		const failed = (code: string, message: string, fatal: boolean) =>
			signalled({ type: 'agent_failed', agent: id, attempt, code, message, fatal }, []);
		try {
			const agent = await options.agentOf(id);
			if (agent === undefined) return await failed('not_configured', `${id} is no longer in the configuration`, true);
			const failures = work.type === 'review' ? 0 : work.failures;
			if (failures > 0) await sleep(clock, backoff(failures, options.random()), signal);
			const memories = fold.input.memories.length === 0 ? [] : await options.memories();
			const turn = { ...turnFor(work, fold, clock.now()), memories };
			const ending = await follow(agent, turn, signal);
			if (ending.type === 'suspended' && !signal.aborted) {
				// It is on the ground before anybody can decide, so that it can start again.
				land();
				await options.suspend(turn, ending);
			} else if (ending.type !== 'suspended' && !signal.aborted) await signalled(signalOf(work, ending), ending.calls);
			else if (ending.calls.length > 0) await account(work, ending.calls);
		} catch (error) {
			if (!signal.aborted && !stopped) await failed('bug', maskSecrets(messageOf(error)), false);
		}
	};

	const follow = async (agent: Agent, turn: Turn, signal: AbortSignal): Promise<Ending> => {
		for await (const event of agent.run(turn, signal)) {
			if (isEnding(event)) return event;
			if (stopped) break;
			await handle(event, turn, signal);
		}
		throw new Error(`agent ${agent.id} ended its turn without an outcome`);
	};

	/** Publishes what passes; makes durable what lasts before the turn goes on. */
	const handle = (event: Exclude<AgentEvent, Ending>, turn: Turn, signal: AbortSignal): Promise<void> | undefined => {
		if (signal.aborted && event.type !== 'saved') return;
		const { agent, attempt, kind } = turn;
		const about = { run: fold.run, at: clock.now(), agent, attempt };
		switch (event.type) {
			case 'text_delta':
				options.publish({ ...about, type: 'text_delta', kind, text: event.text });
				return;
			case 'tool_started':
			case 'tool_progressed':
			case 'tool_finished':
				options.publish({ ...about, ...event });
				return;
			case 'retried':
				options.publish({ ...about, ...event, type: 'call_retried' });
				return;
			case 'writing':
				return signalled({ type: 'writing', agent, attempt }, []);
			case 'saved':
				return saved(turn, event);
		}
	};

	/** Resolves when the flights have ended, or after `ms` milliseconds. */
	const landed = async (landing: readonly Flight[], ms: number): Promise<void> => {
		const { promise: patience, resolve } = Promise.withResolvers<void>();
		const cancel = clock.after(ms, resolve);
		await Promise.race([Promise.all(landing.map((flight) => flight.ended)), patience]);
		cancel();
	};

	return {
		start(work) {
			const key = keyOf(work);
			if (flights.has(key)) return;
			const flight: Flight = { controller: new AbortController(), ended: Promise.resolve() };
			const land = () => {
				if (flights.get(key) === flight) flights.delete(key);
			};
			flights.set(key, flight);
			flight.ended = take(work, flight.controller.signal, land).finally(land);
		},
		inFlight: () => [...flights.keys()],
		abort(key) {
			flights.get(key)?.controller.abort();
		},
		async cut(moot) {
			const awaited = new Set<Flight>();
			for (;;) {
				for (const key of moot()) flights.get(key)?.controller.abort();
				const landing = [...flights.values()].filter(
					(flight) => flight.controller.signal.aborted && !awaited.has(flight),
				);
				if (landing.length === 0) return;
				for (const flight of landing) awaited.add(flight);
				await landed(landing, ABORT_GRACE_MS);
			}
		},
		async stop() {
			stopped = true;
			const all = [...flights.values()];
			for (const { controller } of all) controller.abort();
			if (all.length > 0) await landed(all, STOP_GRACE_MS);
		},
	};
}

const backoff = (failures: number, random: number) =>
	Math.round(Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** (failures - 1)) * (0.5 + random / 2));

const ENDING_TYPES: readonly string[] = [
	'answered',
	'voted',
	'reviewed',
	'suspended',
	'failed',
] satisfies Ending['type'][];

const isEnding = (event: AgentEvent): event is Ending => ENDING_TYPES.includes(event.type);

const ENDINGS: Record<Turn['kind'], readonly Ending['type'][]> = {
	answer: ['answered', 'voted', 'failed'],
	evaluate: ['answered', 'voted', 'failed'],
	present: ['answered', 'failed'],
	review: ['reviewed', 'failed'],
};

function signalOf(work: TurnWork, ending: Exclude<Ending, Suspension>): Signal {
	const { agent, attempt } = work;
	const kind = work.type === 'start' ? work.kind : work.type;
	if (!ENDINGS[kind].includes(ending.type)) {
		const message = `${agent} ended a turn of the kind ${kind} with ${ending.type}`;
		return { type: 'agent_failed', agent, attempt, code: 'bug', message, fatal: false };
	}
	switch (ending.type) {
		case 'answered':
			return {
				...{ type: kind === 'present' ? 'presented' : 'answered', agent, attempt, content: ending.content },
				...(ending.files === undefined ? {} : { files: ending.files }),
			};
		case 'voted':
			return { type: 'voted', agent, attempt, target: ending.target, reason: ending.reason };
		case 'reviewed':
			return { type: 'reviewed', agent, attempt, verdict: ending.verdict };
		case 'failed': {
			const { code, message, fatal } = ending;
			return { type: 'agent_failed', agent, attempt, code, message, fatal };
		}
	}
}
