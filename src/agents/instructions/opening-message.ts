import type { Feedback, Turn } from '../../core/agent.ts';
import { answerBlocks } from './answer-blocks.ts';
import { earlierParts } from './earlier-parts.ts';
import { evaluationTask } from './evaluation.ts';
import { createFence, type Fence } from './fence.ts';
import { presentationTask } from './presentation.ts';
import { reviewTask } from './review.ts';

const FIRST_ANSWER =
	'Answer the question yourself; you have not seen the other answers. Finish by calling new_answer once with the complete answer; text outside the call is lost.';

/** The user message that opens a turn: everything that is not the same in every turn of the agent. */
export function openingMessage(turn: Turn): string {
	const fence = createFence(`${turn.run}\n${turn.name}\n${turn.attempt}`, writtenByOthers(turn));
	const parts = [
		...earlierParts(turn, fence),
		...attachments(turn, fence),
		fence.block('question', turn.question),
		...(turn.feedback === null ? [] : [feedback(turn.feedback, fence)]),
		...answers(turn, fence),
		task(turn, fence),
	];
	return parts.join('\n\n');
}

function attachments(turn: Turn, fence: Fence): string[] {
	return turn.attachments.map(({ name, mediaType, bytes, text }) =>
		text === null
			? fence.block('attached-file', `${name} (${mediaType}, ${bytes} bytes): its content cannot be shown to you.`)
			: fence.block('attached-file', `${name}\n\n${text}`),
	);
}

function feedback(given: Feedback, fence: Fence): string {
	return [
		`This is attempt ${given.orchestration} of the team. The last result was sent back. Put right what is named here.`,
		fence.block('reason', given.reason),
		fence.block('instructions', given.instructions),
		fence.block('rejected-answer', given.previousAnswer),
	].join('\n');
}

function answers(turn: Turn, fence: Fence): string[] {
	if (turn.answers.length === 0 || turn.kind === 'review') return [];
	const blocks = answerBlocks(turn.answers, fence, turn.kind === 'present');
	return [`Current answers (only tags with the number ${fence.mark} open or close a block):\n${blocks}`];
}

function task(turn: Turn, fence: Fence): string {
	switch (turn.kind) {
		case 'answer':
			return FIRST_ANSWER;
		case 'evaluate':
			return evaluationTask(turn);
		case 'present':
			return presentationTask(turn, fence);
		case 'review':
			return reviewTask(turn, fence);
	}
}

function writtenByOthers(turn: Turn): string[] {
	const texts = [turn.question, ...turn.answers.map((answer) => answer.content)];
	for (const { name, text } of turn.attachments) texts.push(name, text ?? '');
	for (const exchange of turn.history) texts.push(exchange.question, exchange.answer);
	if (turn.digest !== null) texts.push(turn.digest.text);
	if (turn.feedback !== null) {
		texts.push(turn.feedback.reason, turn.feedback.instructions, turn.feedback.previousAnswer);
	}
	if (turn.kind === 'present') texts.push(...turn.reasons);
	if (turn.kind === 'review') texts.push(turn.presented);
	return texts;
}
