import type { SeenAnswer } from '../../core/agent.ts';
import type { Fence } from './fence.ts';

/** One block per answer, by name. `mark` says which one is the reader's own: at the presentation only. */
export function answerBlocks(answers: readonly SeenAnswer[], fence: Fence, mark: boolean): string {
	return answers
		.map((answer) => {
			const own = mark && answer.mine ? ' yours' : '';
			return fence.block('answer', answer.content, `name="${answer.name}"${own}`);
		})
		.join('\n');
}
