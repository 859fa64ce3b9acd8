import type { RenderContext, ThreadMessage } from '../../../core/gateway.ts';
import { renderApproval } from './render-approval.ts';
import { renderBoard } from './render-board.ts';
import { renderChoice } from './render-choice.ts';
import { renderFinal } from './render-final.ts';
import { renderReview } from './render-review.ts';
import { renderSlot } from './render-slot.ts';
import { renderTally } from './render-tally.ts';
import type { SlackBody } from './slack-body.ts';

/** Shown even where as little as possible is: a run waits for an approval and a choice. */
const ALWAYS: readonly ThreadMessage['type'][] = ['approval', 'board', 'choice', 'final'];

/**
 * A message of a thread in Slack's form: the messages that show it, in order. The question and the queue are not
 * shown: people see what they have typed, and are told privately that it waits.
 */
export function renderSlack(message: ThreadMessage, context: RenderContext): readonly SlackBody[] {
	if (context.verbosity === 'quiet' && !ALWAYS.includes(message.type)) return [];
	switch (message.type) {
		case 'question':
		case 'queue':
			return [];
		case 'board':
			return renderBoard(message, context);
		case 'slot':
			return renderSlot(message, context);
		case 'tally':
			return renderTally(message, context);
		case 'review':
			return renderReview(message, context);
		case 'choice':
			return renderChoice(message, context);
		case 'approval':
			return renderApproval(message, context);
		case 'final':
			return renderFinal(message, context);
	}
}
