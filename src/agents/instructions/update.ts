import type { EvaluateTurn } from '../../core/agent.ts';
import { answerBlocks } from './answer-blocks.ts';
import { createFence } from './fence.ts';

/** Tells an agent whose turn goes on which answers stand now. */
export function updateMessage(turn: EvaluateTurn): string {
	const fence = createFence(
		`${turn.run}\n${turn.name}\n${turn.attempt}\nupdate`,
		turn.answers.map((answer) => answer.content),
	);
	const choice = turn.mayAnswer
		? 'Go on with your own answer, build on one of these, or vote. Finish with exactly one call, vote or new_answer.'
		: 'Vote for the best of these: finish with one vote call.';
	return [
		`While you worked, newer answers arrived. These stand now and replace the earlier ones (blocks carry the number ${fence.mark}):`,
		answerBlocks(turn.answers, fence, false),
		`Your work so far is kept. ${choice}`,
	].join('\n');
}
