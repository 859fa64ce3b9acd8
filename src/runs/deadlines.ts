import type { Clock } from '../core/clock.ts';
import type { Signal } from '../core/coordination.ts';
import { keyOf, pending } from '../orchestrator/pending.ts';
import type { State } from '../orchestrator/state.ts';

type Deadline = Signal & { type: 'deadline' };

/** Which turns wait for people, and whether the whole run does. */
export interface Waits {
	isWaiting(turn: { agent: string; attempt: number }): boolean;
	isIdle(): boolean;
}

/** The timers of one run: set when something becomes pending, cleared when it is no longer. */
export interface Deadlines {
	/** Brings the timers in line with the state. `activeMs`: how long the run has been held by a process. */
	follow(state: State, activeMs: number, waits: Waits): void;
	clear(): void;
}

export function createDeadlines(clock: Clock, fire: (signal: Deadline) => void): Deadlines {
	const running = new Map<string, () => void>();
	return {
		follow(state, activeMs, waits) {
			const wanted = wantedIn(state, activeMs, waits);
			for (const [key, cancel] of running) {
				if (wanted.has(key)) continue;
				cancel();
				running.delete(key);
			}
			for (const [key, { signal, ms }] of wanted) {
				if (!running.has(key))
					running.set(
						key,
						clock.after(ms, () => fire(signal)),
					);
			}
		},
		clear() {
			for (const cancel of running.values()) cancel();
			running.clear();
		},
	};
}

function wantedIn(state: State, activeMs: number, waits: Waits): Map<string, { signal: Deadline; ms: number }> {
	const { deadlines } = state.rules;
	const { orchestration } = state;
	const wanted = new Map<string, { signal: Deadline; ms: number }>();
	const want = (key: string, ms: number | null, signal: Omit<Deadline, 'type'>) => {
		if (ms !== null) wanted.set(key, { ms: Math.max(0, ms), signal: { type: 'deadline', ...signal } });
	};
	if (state.phase.type === 'finished') return wanted;
	if (state.cut === null && !waits.isIdle())
		want('run', deadlines.runMs === null ? null : deadlines.runMs - activeMs, { scope: 'run' });
	const answering = state.phase.type === 'coordinating' && !state.firstAnswerDue;
	if (answering && state.agents.some((agent) => agent.out === null && agent.answer === null)) {
		want(`first_answer:${orchestration}`, deadlines.firstAnswerMs, { scope: 'first_answer', orchestration });
	}
	for (const work of pending(state)) {
		if (work.type === 'choose') {
			want(keyOf(work), deadlines.choiceMs, { scope: 'choice', orchestration });
			continue;
		}
		// People are not hurried by the deadlines of agents; the turn has all its time again when it goes on.
		if (waits.isWaiting(work)) continue;
		const { agent, attempt } = work;
		if (work.type === 'present') {
			want(keyOf(work), deadlines.presentationMs, { scope: 'presentation', agent, attempt });
		} else {
			want(keyOf(work), deadlines.turnMs, { scope: 'turn', agent, attempt });
		}
	}
	return wanted;
}
