import type { EvaluateTurn } from '../../core/agent.ts';

/**
 * How hard an agent must look for an improvement before it may vote. Users of the original found its levels
 * too modest (everybody voted at once), so `balanced` and `strict` ask for the improvement itself.
 */
const TEST: Readonly<Record<EvaluateTurn['sensitivity'], string>> = {
	lenient: 'If the best answer serves the user well, vote for it.',
	balanced:
		'Check the best answer for errors, gaps and weak reasoning, and find what would improve it most. If that would matter to the user, make the improvement; vote only when nothing that matters is left.',
	strict:
		'Assume that even the best answer can be improved. Test every claim, edge case and part of the question, and its clarity. Correct, complete or sharpen whatever you find; vote only when a serious attempt found nothing.',
};

const NOVELTY: Readonly<Record<EvaluateTurn['novelty'], string>> = {
	lenient: '',
	balanced:
		'A new answer must bring a new insight or a real gain: one that shares more than 70 % of its words with another is refused.',
	strict:
		'A new answer must take a different approach or go much deeper: one that shares more than 50 % of its words with another is refused. If you have neither, vote.',
};

/** The task at the end of an evaluation's message. */
export function evaluationTask(turn: EvaluateTurn): string {
	if (!turn.mayAnswer) {
		return 'You have used up your new answers. Compare the answers by what they say and vote for the best: finish with one vote call.';
	}
	return [
		'Compare the answers by what they say.',
		TEST[turn.sensitivity],
		'Otherwise join their strengths, do the missing work and send a complete new answer.',
		NOVELTY[turn.novelty],
		'Finish with exactly one call, vote or new_answer; text outside it is lost.',
	]
		.filter((sentence) => sentence !== '')
		.join(' ');
}
