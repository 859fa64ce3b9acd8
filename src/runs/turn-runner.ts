import type { Agent, AgentEvent, Turn } from '../core/agent.ts';
import { type Clock, sleep } from '../core/clock.ts';
import type { Signal } from '../core/coordination.ts';
import { messageOf } from '../core/errors.ts';
import type { JournalEntry } from '../core/run.ts';
import type { RunEvent } from '../core/run-event.ts';
import type { ModelCall } from '../core/usage.ts';
import { keyOf, type Pending } from '../orchestrator/pending.ts';
import type { RunFold } from './fold.ts';
import { turnFor } from './turn.ts';

export type TurnWork = Exclude<Pending, { type: 'choose' }>;
type Ending = Extract<AgentEvent, { type: 'answered' | 'voted' | 'reviewed' | 'failed' }>;

/** How long a cut waits for aborted turns to say what they used, in milliseconds. */
const ABORT_GRACE_MS = 300;
/** Pauses before a failed turn is tried again, in milliseconds: doubled each time up to the cap. */
const BACKOFF_MS = 1_000;
const BACKOFF_CAP_MS = 30_000;

/** The turns of one run that are in flight in this process, by the key of their work. */
export interface TurnRunner {
	/** Does nothing when the work is in flight already. */
	start(work: TurnWork): void;
	isRunning(key: string): boolean;
	/** Aborts a turn that newer answers made moot; what it used is recorded when it has ended. */
	abort(key: string): void;
	/** Aborts turns and gives back the model calls they had made, waiting for them for a moment. */
	cut(keys: readonly string[]): Promise<ModelCall[]>;
	/** Aborts everything and records nothing more; resolves when all turns have ended. */
	stop(): Promise<void>;
}

export interface TurnRunnerOptions {
	fold: RunFold;
	agents: ReadonlyMap<string, Agent>;
	clock: Clock;
	random(): number;
	/** Resolves when the entry is durable. */
	record(entry: Exclude<JournalEntry, { type: 'opened' }>): Promise<void>;
	publish(event: RunEvent): void;
}

interface Flight {
	controller: AbortController;
	ended: Promise<void>;
	/** Set when a cut collects the calls instead of the journal. */
	collected: ModelCall[] | null;
}

export function createTurnRunner(options: TurnRunnerOptions): TurnRunner {
	const { fold, clock } = options;
	const flights = new Map<string, Flight>();
	let stopped = false;

	const signalled = (signal: Signal, calls: readonly ModelCall[]) =>
		options.record({ v: 1, type: 'signalled', at: clock.now(), signal, calls: [...calls] });

	/** One turn from start to ending. Never rejects. */
	const take = async (work: TurnWork, flight: Flight): Promise<void> => {
		const { agent: id, attempt } = work;
		const { signal } = flight.controller;
		const failed = (code: string, message: string, fatal: boolean, calls: readonly ModelCall[] = []) =>
			signalled({ type: 'agent_failed', agent: id, attempt, code, message, fatal }, calls);
		const agent = options.agents.get(id);
		if (agent === undefined) return failed('not_configured', `${id} is no longer in the configuration`, true);
		try {
			const failures = work.type === 'review' ? 0 : work.failures;
			if (failures > 0) await sleep(clock, backoff(failures, options.random()), signal);
			const ending = await follow(agent, turnFor(work, fold, clock.now()), signal);
			if (stopped) return;
			if (!signal.aborted) await signalled(signalOf(work, ending), ending.calls);
			else if (flight.collected !== null) flight.collected.push(...ending.calls);
			else if (ending.calls.length > 0)
				await failed('aborted', 'newer answers made the turn moot', false, ending.calls);
		} catch (error) {
			if (!signal.aborted && !stopped) await failed('bug', messageOf(error), false);
		}
	};

	const follow = async (agent: Agent, turn: Turn, signal: AbortSignal): Promise<Ending> => {
		for await (const event of agent.run(turn, signal)) {
			if (event.type === 'answered' || event.type === 'voted' || event.type === 'reviewed' || event.type === 'failed') {
				return event;
			}
			if (stopped) break;
			await handle(event, turn, signal);
		}
		throw new Error(`agent ${agent.id} ended its turn without an outcome`);
	};

	/** Publishes what passes; makes durable what lasts before the turn goes on. */
	const handle = (event: Exclude<AgentEvent, Ending>, turn: Turn, signal: AbortSignal): Promise<void> | undefined => {
		const { agent, attempt, kind } = turn;
		const about = { run: fold.run, at: clock.now(), agent, attempt };
		switch (event.type) {
			case 'text_delta':
				options.publish({ ...about, type: 'text_delta', kind, text: event.text });
				return;
			case 'tool_started':
			case 'tool_finished':
				options.publish({ ...about, ...event });
				return;
			case 'retried':
				options.publish({ ...about, ...event, type: 'call_retried' });
				return;
			case 'writing':
				return signal.aborted ? undefined : signalled({ type: 'writing', agent, attempt }, []);
			case 'saved': {
				const { messages, calls, repliesUsed } = event;
				return options.record({
					v: 1,
					type: 'saved',
					at: about.at,
					agent,
					attempt,
					messages: [...messages],
					calls: [...calls],
					repliesUsed,
				});
			}
		}
	};

	return {
		start(work) {
			const key = keyOf(work);
			if (flights.has(key)) return;
			const flight: Flight = { controller: new AbortController(), ended: Promise.resolve(), collected: null };
			flights.set(key, flight);
			flight.ended = take(work, flight).finally(() => flights.delete(key));
		},
		isRunning: (key) => flights.has(key),
		abort(key) {
			flights.get(key)?.controller.abort();
		},
		async cut(keys) {
			const calls: ModelCall[] = [];
			const cutting = keys.flatMap((key) => flights.get(key) ?? []);
			for (const flight of cutting) {
				flight.collected = calls;
				flight.controller.abort();
			}
			if (cutting.length === 0) return calls;
			const { promise: patience, resolve } = Promise.withResolvers<void>();
			const cancel = clock.after(ABORT_GRACE_MS, resolve);
			await Promise.race([Promise.allSettled(cutting.map((flight) => flight.ended)), patience]);
			cancel();
			return calls;
		},
		async stop() {
			stopped = true;
			const all = [...flights.values()];
			for (const { controller } of all) controller.abort();
			await Promise.allSettled(all.map((flight) => flight.ended));
		},
	};
}

const backoff = (failures: number, random: number) =>
	Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** (failures - 1)) * (0.5 + random / 2);

function signalOf(work: TurnWork, ending: Ending): Signal {
	const { agent, attempt } = work;
	switch (ending.type) {
		case 'answered':
			if (work.type === 'present') return { type: 'presented', agent, attempt, content: ending.content };
			return { type: 'answered', agent, attempt, content: ending.content };
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
