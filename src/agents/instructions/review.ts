import type { ReviewTurn } from '../../core/agent.ts';
import type { Fence } from './fence.ts';

/** The task of the presenter who looks at the presented text again. */
export function reviewTask(turn: ReviewTurn, fence: Fence): string {
	return [
		'This was just presented to the user as the final answer:',
		fence.block('presented', turn.presented),
		'Judge it as if you saw it for the first time. Check files and claims with your tools. Does it answer the whole question? What is wrong or missing? Then make exactly one call: submit if it can stand, or restart_orchestration with a concrete reason and instructions that the team can act on.',
	].join('\n');
}
