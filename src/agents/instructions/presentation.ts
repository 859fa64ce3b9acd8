import type { PresentTurn } from '../../core/agent.ts';
import type { Fence } from './fence.ts';

const TIE = {
	order: 'the order of the team decided',
	earliest: 'the earlier answer won',
	requester: 'the user chose yours',
} as const;

const WRITE =
	'Write the final answer for the user: start from yours, take over what others did better, correct what is wrong. The user sees only this text, so make it complete, and leave out the team and the vote.';

const DIRECT = 'Answer the question completely. The user sees only your last message.';

/** The task at the end of the winner's message, or of the only agent's when coordination was skipped. */
export function presentationTask(turn: PresentTurn, fence: Fence): string {
	if (turn.answers.length === 0) return DIRECT;
	const tie = turn.tieBreak === null ? '' : ` There was a tie: ${TIE[turn.tieBreak]}.`;
	const votes =
		turn.votes === 0
			? `Your answer was chosen without votes.${tie}`
			: `Your answer was chosen with ${turn.votes} of ${turn.voters} votes.${tie}`;
	const reasons = turn.reasons.filter((reason) => reason.trim() !== '');
	const said =
		reasons.length === 0 ? [] : ['Reasons given:', ...reasons.map((reason) => fence.block('reason', reason))];
	return [votes, ...said, WRITE].join('\n');
}
