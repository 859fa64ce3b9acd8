import type { Shortfall } from '../core/coordination.ts';
import type { KeptFiles } from '../core/kept-files.ts';
import { agentOf, type Closing, type State } from './state.ts';
import { breakTie, leaders, tallyOf } from './tally.ts';

/** Shortfalls that make a result partial; the others are said and do not lower its standing. */
const PARTIAL: readonly Shortfall[] = ['below_quorum', 'run_deadline', 'budget_exhausted', 'no_votes', 'given_up'];

export function note(draft: State, shortfall: Shortfall): void {
	if (!draft.shortfalls.includes(shortfall)) draft.shortfalls.push(shortfall);
}

/** Ends the coordination: counts, finds the winner or asks for one, and has it presented. */
export function close(draft: State, by: Closing['by']): void {
	for (const agent of draft.agents) agent.turn = null;
	const counted = tallyOf(draft);
	draft.closing = { by, ...counted, winner: null, tie: null };
	const tied = leaders(counted);
	if (tied.length === 0) return finish(draft);
	if (counted.votes.length === 0) note(draft, 'no_votes');
	if (tied.length === 1) return select(draft, tied[0] as string, null);
	if (by === 'all_voted' && draft.rules.tieBreak === 'requester') {
		draft.phase = { type: 'choosing', candidates: tied };
		return;
	}
	const rule = draft.rules.tieBreak === 'earliest' ? 'earliest' : 'order';
	select(draft, breakTie(draft, tied, rule) as string, { rule, tied });
}

export function select(draft: State, winner: string, tie: Closing['tie']): void {
	if (draft.closing === null) return;
	draft.closing = { ...draft.closing, winner, tie };
	const agent = agentOf(draft, winner);
	if (agent === null) return;
	if (agent.out !== null) {
		note(draft, 'presentation_failed');
		return deliver(draft, 'stored');
	}
	if (draft.cut === 'budget') return deliver(draft, 'stored');
	agent.failures = 0;
	agent.attempts += 1;
	draft.phase = { type: 'presenting', agent: winner, attempt: agent.attempts };
}

/** A text with the files that go with it. */
export interface Told {
	content: string;
	files?: KeptFiles | undefined;
}

/**
 * Takes the presentation, or the winner's stored answer in its place, as the result; then reviews it while
 * restarts are left.
 */
export function deliver(draft: State, source: 'model' | 'stored', told: Told = { content: '' }): void {
	const winner = draft.closing?.winner ?? null;
	const agent = winner === null ? null : agentOf(draft, winner);
	const result = source === 'model' ? told : (agent?.answer ?? null);
	if (agent === null || result === null) return finish(draft);
	draft.presented = { agent: agent.id, content: result.content, files: result.files, source };
	const reviewable = draft.orchestration <= draft.rules.restarts && draft.cut === null && agent.out === null;
	if (!reviewable) return finish(draft);
	agent.attempts += 1;
	draft.phase = { type: 'reviewing', agent: agent.id, attempt: agent.attempts };
}

/** Without a result, what an earlier orchestration presented is still better than nothing. */
export function finish(draft: State): void {
	for (const agent of draft.agents) agent.turn = null;
	const { feedback } = draft;
	const lastResort = draft.presented === null && feedback !== null;
	if (lastResort) {
		const { previousWinner: agent, previousAnswer: content, previousFiles: files } = feedback;
		draft.presented = { agent, content, files, source: 'stored' };
	}
	const { given, needed } = quorum(draft);
	if (given < needed && (lastResort || draft.closing?.by !== 'skipped')) note(draft, 'below_quorum');
	draft.phase = { type: 'finished' };
}

/** Agents with an answer, and how many the rules ask for. */
export function quorum(state: State): { given: number; needed: number } {
	const given = state.agents.filter((agent) => agent.answer !== null).length;
	return { given, needed: Math.min(state.rules.quorum ?? state.agents.length, state.agents.length) };
}

/** The result of a finished run. */
export function resultOf(state: State): {
	outcome: 'answered' | 'partial' | 'failed' | 'stopped';
	answer: string | null;
	winner: string | null;
} {
	const answer = state.presented?.content ?? null;
	const winner = state.presented?.agent ?? null;
	if (state.cut === 'cancelled') return { outcome: 'stopped', answer, winner };
	if (answer === null) return { outcome: 'failed', answer, winner: null };
	return { outcome: state.shortfalls.some((item) => PARTIAL.includes(item)) ? 'partial' : 'answered', answer, winner };
}
