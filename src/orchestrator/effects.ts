import type { Signal } from '../core/coordination.ts';
import { keyOf, type Pending, pending } from './pending.ts';
import type { State } from './state.ts';

export type AbortReason = 'new_answer' | 'deadline' | 'budget' | 'vote_closed' | 'cancelled';

/** What the shell must do now: begin what has become pending, abort what has become moot, finish. */
export type Effect = Pending | { type: 'abort'; work: Pending; reason: AbortReason } | { type: 'finish' };

/** Effects are the difference between what was pending and what is, so the two can never disagree. */
export function effectsBetween(before: State, after: State, signal: Signal | null): Effect[] {
	const old = pending(before);
	const now = pending(after);
	const oldKeys = new Set(old.map(keyOf));
	const nowKeys = new Set(now.map(keyOf));
	const reason = abortReason(signal);
	const aborts = old
		.filter((work) => !nowKeys.has(keyOf(work)) && !isEndedBy(work, signal))
		.map((work): Effect => ({ type: 'abort', work, reason }));
	const starts = now.filter((work) => !oldKeys.has(keyOf(work)));
	const end: Effect[] = after.phase.type === 'finished' ? [{ type: 'finish' }] : [];
	return [...aborts, ...starts, ...end];
}

function isEndedBy(work: Pending, signal: Signal | null): boolean {
	if (signal === null) return false;
	if (work.type === 'choose') return signal.type === 'chosen';
	const ends = ['answered', 'voted', 'agent_failed', 'presented', 'reviewed'].includes(signal.type);
	return ends && 'attempt' in signal && signal.agent === work.agent && signal.attempt === work.attempt;
}

function abortReason(signal: Signal | null): AbortReason {
	if (signal?.type === 'answered') return 'new_answer';
	if (signal?.type === 'cancel' || signal?.type === 'given_up') return 'cancelled';
	if (signal?.type === 'deadline') return signal.scope === 'budget' ? 'budget' : 'deadline';
	return 'vote_closed';
}
