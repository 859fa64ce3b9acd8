import type { Turn } from '../../core/agent.ts';
import type { Refusal } from '../../core/coordination.ts';

/** `several_verdicts`: a review that called more than one of its tools. */
export type RefusalReason = Refusal | 'several_verdicts';

/** What the model is told when its reply was not accepted: the rule, and what to do. `cut`: it hit the output limit. */
export function correction(reason: RefusalReason, turn: Turn, cut: boolean): string {
	const shorter = cut ? ' Your output was cut at its limit: write less.' : '';
	return `Not accepted: ${RULES[reason](turn)}${shorter}`;
}

/** For the further calls of a reply whose first call carries the correction: every call needs a result. */
export const SEE_FIRST_CALL = 'Not accepted: see the result of your first call.';

const RULES: Readonly<Record<RefusalReason, (turn: Turn) => string>> = {
	no_call: (turn) => `your reply made no call, and text alone is lost. Call ${wanted(turn)} now.`,
	several_votes: (turn) => `you voted more than once. Vote exactly once${names(turn)}.`,
	several_answers: (turn) => `you sent several answers. Call ${wanted(turn)} exactly once.`,
	vote_and_answer: (turn) => `you voted and answered in one reply. Call only ${wanted(turn)}.`,
	arguments_invalid: () => 'the arguments are not JSON that fits the tool. Send the call again.',
	empty_answer: () => 'the answer was empty. Put the complete answer into content.',
	duplicate_answer: (turn) => `this answer is there already. ${orVote(turn, 'Bring something new')}`,
	not_novel: (turn) => `this answer is too close to an existing one. ${orVote(turn, 'Bring something new')}`,
	answer_limit: (turn) => `you have used up your new answers. Vote${names(turn)}.`,
	no_answers: () => 'there is no answer to vote for yet. Call new_answer.',
	unknown_agent: (turn) => `there is no answer under this name. Vote${names(turn)}.`,
	self_vote: (turn) => `you may not vote for your own answer. Vote${names(turn)}.`,
	stale_vote: (turn) => `that answer was replaced while you worked. ${orVote(turn, 'Call new_answer')}`,
	several_verdicts: () => 'call exactly one of submit and restart_orchestration.',
};

function wanted(turn: Turn): string {
	if (turn.kind === 'review') return 'submit or restart_orchestration';
	if (turn.kind !== 'evaluate') return 'new_answer';
	return turn.mayAnswer ? 'vote or new_answer' : 'vote';
}

const orVote = (turn: Turn, instead: string) =>
	turn.kind === 'evaluate' ? `${turn.mayAnswer ? `${instead}, or vote` : 'Vote'}${names(turn)}.` : `${instead}.`;

const names = (turn: Turn) => (turn.kind === 'evaluate' ? ` for one of: ${turn.votable.join(', ')}` : '');
