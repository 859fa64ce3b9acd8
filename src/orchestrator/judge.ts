import type { ProposedOutcome } from '../core/agent.ts';
import type { Refusal } from '../core/coordination.ts';
import { type AgentState, mayAnswer, type State, votable } from './state.ts';

const LARGEST_OVERLAP = { lenient: 1, balanced: 0.7, strict: 0.5 } as const;
/** A path segment that names an agent's workspace. */
const WORKSPACE = /^(?:workspaces?\d*(?:[_-][\w-]+)?|agent\d+)$/;

/**
 * Judges the outcome of an agent's turn by the state of this moment; null: it is acceptable. Answers are
 * compared with others only in an evaluation: first answers are independent, and two that agree both stand.
 */
export function judge(state: State, agent: AgentState, outcome: ProposedOutcome): Refusal | null {
	return outcome.type === 'answered' ? judgeAnswer(state, agent, outcome.content) : judgeVote(state, agent, outcome);
}

function judgeAnswer(state: State, agent: AgentState, content: string): Refusal | null {
	if (content.trim() === '') return 'empty_answer';
	if (!mayAnswer(state, agent)) return 'answer_limit';
	if (agent.turn?.kind !== 'evaluate') return null;
	const given = state.agents.flatMap((other) => (other.answer === null ? [] : [other.answer.content]));
	const text = canonical(content);
	if (given.some((other) => canonical(other) === text)) return 'duplicate_answer';
	const limit = LARGEST_OVERLAP[state.rules.novelty];
	if (limit < 1 && given.some((other) => overlap(content, other) > limit)) return 'not_novel';
	return null;
}

function judgeVote(state: State, agent: AgentState, vote: { target: string }): Refusal | null {
	if (agent.turn?.kind !== 'evaluate') return 'no_answers';
	const names = votable(state, agent);
	if (names.length === 0) return 'no_answers';
	if (names.includes(vote.target)) return null;
	return vote.target === agent.name && agent.answer !== null ? 'self_vote' : 'unknown_agent';
}

/**
 * Paths into anybody's workspace count as the same path, so moving a file is not a new answer. Takes time
 * in proportion to the text, which a model wrote.
 */
function canonical(content: string): string {
	return content.trim().replace(/(?:\/[\w.-]*[\w-])+/g, (path) => {
		const segments = path.split('/');
		const root = segments.findLastIndex((segment) => WORKSPACE.test(segment));
		return root === -1 ? path : ['/workspace', ...segments.slice(root + 1)].join('/');
	});
}

/** Shared words over all words of both texts, 0 to 1 (Jaccard), ignoring case. */
export function overlap(a: string, b: string): number {
	const wordsOf = (text: string) => new Set(text.toLowerCase().split(/\s+/).filter(Boolean));
	const left = wordsOf(a);
	const right = wordsOf(b);
	let shared = 0;
	for (const word of left) if (right.has(word)) shared += 1;
	const all = left.size + right.size - shared;
	return all === 0 ? 1 : shared / all;
}
