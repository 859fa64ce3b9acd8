import type { ProposedOutcome } from '../core/agent.ts';
import type { Refusal, Shortfall, Signal } from '../core/coordination.ts';
import type { KeptFiles } from '../core/kept-files.ts';
import type { Rules } from '../core/team.ts';
import { advance } from './advance.ts';
import { isCurrent } from './current.ts';
import { type Effect, effectsBetween } from './effects.ts';
import { close, deliver, finish, note, select, type Told } from './ending.ts';
import { judge } from './judge.ts';
import { type AgentState, agentOf, draftOf, type State } from './state.ts';
import { breakTie } from './tally.ts';

export interface Step {
	/** The same object when the signal was stale: then nothing happened and nothing is to be recorded. */
	state: State;
	effects: Effect[];
	/** Set when an outcome was recorded and not accepted. */
	refused: Refusal | null;
}

/** The first state of a run. `members` are in registration order, each with its anonymous name. */
export function begin(rules: Rules, members: readonly { id: string; name: string }[]): Step {
	const empty: State = {
		rules,
		agents: members.map(({ id, name }) => ({
			id,
			name,
			answer: null,
			accepted: 0,
			lastVersion: 0,
			vote: null,
			turn: null,
			attempts: 0,
			failures: 0,
			out: null,
		})),
		phase: { type: 'coordinating' },
		orchestration: 1,
		epoch: 0,
		answers: 0,
		firstAnswerDue: false,
		cut: null,
		closing: null,
		presented: null,
		feedback: null,
		shortfalls: [],
	};
	const draft = draftOf(empty);
	if (rules.skipCoordination) presentDirectly(draft);
	else advance(draft);
	return { state: draft, effects: effectsBetween(empty, draft, null), refused: null };
}

/** The whole of coordination. Pure: the same signals in the same order give the same run. */
export function reduce(state: State, signal: Signal): Step {
	if (!isCurrent(state, signal)) return { state, effects: [], refused: null };
	const draft = draftOf(state);
	const refused = apply(draft, signal);
	if (draft.phase.type === 'coordinating') advance(draft);
	return { state: draft, effects: effectsBetween(state, draft, signal), refused };
}

/** Writes the signal's consequence into the draft; the result says why an outcome was refused. */
function apply(draft: State, signal: Signal): Refusal | null {
	switch (signal.type) {
		case 'answered':
			return settleTurn(draft, signal.agent, { type: 'answered', content: signal.content }, signal.files);
		case 'voted':
			return settleTurn(draft, signal.agent, { type: 'voted', target: signal.target, reason: signal.reason });
		case 'writing': {
			const agent = agentOf(draft, signal.agent);
			if (agent?.turn) agent.turn = { ...agent.turn, writing: true };
			return null;
		}
		case 'agent_failed':
			fail(draft, signal);
			return null;
		case 'chosen':
			if (draft.phase.type === 'choosing') {
				select(draft, signal.agent, { rule: 'requester', tied: draft.phase.candidates });
			}
			return null;
		case 'presented':
			present(draft, signal);
			return null;
		case 'reviewed':
			if (signal.verdict.type === 'restart') restart(draft, signal.verdict);
			else finish(draft);
			return null;
		case 'cancel':
			breakOff(draft, 'cancelled');
			return null;
		case 'given_up':
			breakOff(draft, 'given_up');
			return null;
		case 'deadline':
			applyDeadline(draft, signal);
			return null;
	}
}

function settleTurn(draft: State, id: string, outcome: ProposedOutcome, files?: KeptFiles): Refusal | null {
	const agent = agentOf(draft, id);
	if (agent?.turn == null) return null;
	const { turn } = agent;
	const refusal = judge(draft, agent, outcome);
	agent.turn = null;
	if (refusal !== null) {
		agent.failures += 1;
		if (agent.failures >= draft.rules.failureLimit)
			leave(draft, agent, 'refused', `its outcomes were refused: ${refusal}`);
		return refusal;
	}
	if (outcome.type === 'answered') {
		accept(draft, agent, { content: outcome.content, files });
		return null;
	}
	const target = draft.agents.find((other) => other.name === outcome.target);
	const version = target === undefined ? undefined : turn.seen[target.id];
	if (target === undefined || turn.epoch !== draft.epoch || version !== target.answer?.version) return 'stale_vote';
	agent.failures = 0;
	agent.vote = { target: target.id, version: version as number, reason: outcome.reason };
	return null;
}

/** A new epoch: every vote is void and every evaluation moot, unless it is writing an answer itself. */
function accept(draft: State, author: AgentState, { content, files }: Told): void {
	draft.epoch += 1;
	draft.answers += 1;
	author.lastVersion += 1;
	author.accepted += 1;
	author.failures = 0;
	author.answer = { version: author.lastVersion, content, files, order: draft.answers };
	for (const agent of draft.agents) {
		agent.vote = null;
		if (agent.turn?.kind === 'evaluate' && !agent.turn.writing) agent.turn = null;
	}
}

function fail(draft: State, signal: Signal & { type: 'agent_failed' }): void {
	const agent = agentOf(draft, signal.agent);
	if (agent === null) return;
	const { phase } = draft;
	if (phase.type === 'reviewing') return finish(draft);
	agent.turn = null;
	agent.failures += 1;
	if (signal.fatal || agent.failures >= draft.rules.failureLimit) leave(draft, agent, signal.code, signal.message);
	if (phase.type !== 'presenting') return;
	if (agent.out === null && draft.cut === null) {
		agent.attempts += 1;
		draft.phase = { type: 'presenting', agent: agent.id, attempt: agent.attempts };
		return;
	}
	if (draft.closing?.by === 'skipped') return presentDirectly(draft);
	note(draft, 'presentation_failed');
	deliver(draft, 'stored');
}

function leave(draft: State, agent: AgentState, code: string, message: string): void {
	agent.out = { code, message };
	note(draft, 'agent_out');
}

function present(draft: State, told: Told): void {
	if (told.content.trim() !== '') return deliver(draft, 'model', told);
	withoutPresentation(draft, 'presentation_empty', 'it presented nothing');
}

/** The stored answer stands in; where there is none because nobody coordinated, the next agent is asked. */
function withoutPresentation(draft: State, shortfall: Shortfall, message: string): void {
	note(draft, shortfall);
	const presenter = agentOf(draft, draft.closing?.winner ?? '');
	if (draft.closing?.by !== 'skipped' || presenter === null) return deliver(draft, 'stored');
	leave(draft, presenter, shortfall, message);
	presentDirectly(draft);
}

/** No coordination: the first agent that is not out answers. */
function presentDirectly(draft: State): void {
	const agent = draft.agents.find((candidate) => candidate.out === null);
	draft.closing = { by: 'skipped', tally: [], votes: [], winner: agent?.id ?? null, tie: null };
	if (agent === undefined) return finish(draft);
	agent.attempts += 1;
	draft.phase = { type: 'presenting', agent: agent.id, attempt: agent.attempts };
}

function restart(draft: State, verdict: { reason: string; instructions: string }): void {
	const { presented } = draft;
	if (presented === null) return finish(draft);
	draft.feedback = {
		reason: verdict.reason,
		instructions: verdict.instructions,
		previousAnswer: presented.content,
		previousWinner: presented.agent,
		previousFiles: presented.files,
	};
	draft.orchestration += 1;
	draft.phase = { type: 'coordinating' };
	draft.firstAnswerDue = false;
	draft.closing = null;
	draft.presented = null;
	draft.shortfalls = [];
	for (const agent of draft.agents) {
		Object.assign(agent, { answer: null, accepted: 0, vote: null, turn: null, failures: 0, out: null });
	}
	if (draft.rules.skipCoordination) presentDirectly(draft);
}

/** Ends the run at once, with what the team had chosen by then. */
function breakOff(draft: State, why: 'cancelled' | 'given_up'): void {
	draft.cut = why;
	note(draft, why);
	const winner = draft.closing?.winner ?? null;
	const stored = winner === null ? null : agentOf(draft, winner)?.answer;
	if (draft.presented === null && winner !== null && stored) {
		draft.presented = { agent: winner, content: stored.content, files: stored.files, source: 'stored' };
	}
	finish(draft);
}

function applyDeadline(draft: State, signal: Signal & { type: 'deadline' }): void {
	const { phase } = draft;
	switch (signal.scope) {
		case 'first_answer':
			draft.firstAnswerDue = true;
			if (draft.agents.some((agent) => agent.out === null && agent.answer === null))
				note(draft, 'first_answer_deadline');
			return;
		case 'turn': {
			const agent = agentOf(draft, signal.agent ?? '');
			if (agent === null) return;
			note(draft, 'turn_deadline');
			if (phase.type === 'reviewing') return finish(draft);
			agent.turn = null;
			leave(draft, agent, 'turn_deadline', 'it did not finish its turn in time');
			return;
		}
		case 'presentation':
			return withoutPresentation(draft, 'presentation_deadline', 'it did not present in time');
		case 'choice': {
			if (phase.type !== 'choosing') return;
			note(draft, 'choice_deadline');
			return select(draft, breakTie(draft, phase.candidates, 'order') as string, {
				rule: 'order',
				tied: phase.candidates,
			});
		}
		case 'run':
		case 'budget':
			return cutShort(draft, signal.scope === 'run' ? 'run_deadline' : 'budget');
	}
}

/** The run's time or money is over: the best there is becomes the result. */
function cutShort(draft: State, by: 'run_deadline' | 'budget'): void {
	const { phase } = draft;
	draft.cut = by;
	if (phase.type === 'reviewing') return finish(draft);
	note(draft, by === 'budget' ? 'budget_exhausted' : 'run_deadline');
	if (phase.type === 'coordinating') return close(draft, by);
	if (phase.type === 'presenting') return deliver(draft, 'stored');
	if (phase.type === 'choosing') {
		select(draft, breakTie(draft, phase.candidates, 'order') as string, { rule: 'order', tied: phase.candidates });
	}
}
