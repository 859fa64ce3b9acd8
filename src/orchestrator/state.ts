import type { Shortfall } from '../core/coordination.ts';
import type { KeptFiles } from '../core/kept-files.ts';
import type { Rules } from '../core/team.ts';

export interface AnswerState {
	/** Counted per agent over the whole run, so a label never names two texts. */
	version: number;
	content: string;
	files?: KeptFiles | undefined;
	/** Position among all accepted answers of the run, from 1. */
	order: number;
}

/** An answering or evaluating turn in flight. */
export interface TurnState {
	attempt: number;
	kind: 'answer' | 'evaluate';
	epoch: number;
	/** The versions in its prompt, by agent id. */
	seen: Readonly<Record<string, number>>;
	/** A new answer is being written, so another's answer does not abort it. */
	writing: boolean;
}

export interface AgentState {
	readonly id: string;
	/** Anonymous name. */
	readonly name: string;
	answer: AnswerState | null;
	/** Accepted answers in this orchestration; the answer limit counts these. */
	accepted: number;
	lastVersion: number;
	/** `target` is an agent id. */
	vote: { target: string; version: number; reason: string } | null;
	turn: TurnState | null;
	/** Turns started in this run, of every kind. */
	attempts: number;
	/** Failed turns in a row. */
	failures: number;
	out: { code: string; message: string } | null;
}

export type Phase =
	| { type: 'coordinating' }
	| { type: 'choosing'; candidates: readonly string[] }
	| { type: 'presenting'; agent: string; attempt: number }
	| { type: 'reviewing'; agent: string; attempt: number }
	| { type: 'finished' };

export interface Closing {
	by: 'all_voted' | 'all_failed' | 'run_deadline' | 'budget' | 'skipped';
	/** Agents with an answer, most votes first, then in registration order. */
	tally: readonly { agent: string; version: number; votes: number; voters: readonly string[] }[];
	/** Votes that counted. */
	votes: readonly { agent: string; target: string; version: number; reason: string }[];
	winner: string | null;
	tie: { rule: 'order' | 'earliest' | 'requester'; tied: readonly string[] } | null;
}

export interface State {
	readonly rules: Rules;
	/** In registration order. */
	agents: AgentState[];
	phase: Phase;
	/** 1, and one more after each restart by a review. */
	orchestration: number;
	/** Grows with each accepted answer; a vote belongs to the epoch its turn was started in. */
	epoch: number;
	/** Accepted answers so far. */
	answers: number;
	firstAnswerDue: boolean;
	/** What ended the coordination early; after it nothing is started but a presentation. */
	cut: 'run_deadline' | 'budget' | 'cancelled' | 'given_up' | null;
	closing: Closing | null;
	presented: { agent: string; content: string; files?: KeptFiles | undefined; source: 'model' | 'stored' } | null;
	/** What the last review sent back, for the prompts of this orchestration and as a last resort. */
	feedback: {
		reason: string;
		instructions: string;
		previousAnswer: string;
		previousWinner: string;
		previousFiles?: KeptFiles | undefined;
	} | null;
	shortfalls: Shortfall[];
}

/** A copy that `reduce` may write into. Texts are shared. */
export function draftOf(state: State): State {
	return { ...state, agents: state.agents.map((agent) => ({ ...agent })), shortfalls: [...state.shortfalls] };
}

export function agentOf(state: State, id: string): AgentState | null {
	return state.agents.find((agent) => agent.id === id) ?? null;
}

/** Orders anonymous names by their numbers: agent2 before agent10. */
export const compareNames = new Intl.Collator('en', { numeric: true }).compare;

/**
 * Anonymous names `agent` may vote for, in the order of their numbers. Itself only if that is allowed or no other
 * author is still in the race: nobody is made to vote for an agent that is out.
 */
export function votable(state: State, agent: AgentState): string[] {
	const answered = state.agents.filter((other) => other.answer !== null);
	const others = answered.filter((other) => other.id !== agent.id);
	const open = state.rules.selfVotes || !others.some((other) => other.out === null) ? answered : others;
	return open.map((other) => other.name).sort(compareNames);
}

/** Whether `agent` may still give an answer in this orchestration. */
export function mayAnswer(state: State, agent: AgentState): boolean {
	return state.rules.answerLimit === null || agent.accepted < state.rules.answerLimit;
}
