import type { MessageOf, RenderContext, ThreadMessage } from '../../../core/gateway.ts';
import { choiceButtons } from './buttons.ts';
import type { DiscordBody } from './discord-body.ts';
import { plainText } from './plain-text.ts';
import { approvalBodies } from './render-approval.ts';
import { boardBody } from './render-board.ts';
import { finalBodies } from './render-final.ts';
import { slotBodies } from './render-slot.ts';
import { tallyBody } from './render-tally.ts';
import { messageBody } from './text-body.ts';

/** How a message of a thread looks on Discord; none: it is not shown. Pure. */
export function renderDiscord(message: ThreadMessage, context: RenderContext): readonly DiscordBody[] {
	const isQuiet = context.verbosity === 'quiet';
	switch (message.type) {
		case 'question':
		case 'queue':
			return [];
		case 'board':
			return [boardBody(message, context)];
		case 'slot':
			return isQuiet ? [] : slotBodies(message, context);
		case 'tally':
			return isQuiet ? [] : [tallyBody(message, context.say)];
		case 'review':
			return isQuiet ? [] : [reviewBody(message, context)];
		case 'choice':
			return [choiceBody(message, context)];
		case 'approval':
			return approvalBodies(message, context);
		case 'final':
			return finalBodies(message, context.say);
	}
}

/** Longest reason and instructions of a review that are shown, in characters. */
const REVIEW = 400;

function reviewBody({ verdict, reason, instructions }: MessageOf<'review'>, { say }: RenderContext): DiscordBody {
	const lines = [
		say(verdict === 'submit' ? 'review.submit' : 'review.restart'),
		...(reason === '' ? [] : [say('review.reason', { reason: plainText(reason, REVIEW) })]),
		...(instructions === '' ? [] : [say('review.instructions', { instructions: plainText(instructions, REVIEW) })]),
	];
	return messageBody(lines.map((line) => `-# ${line}`).join('\n'), { isSilent: true });
}

function choiceBody(choice: MessageOf<'choice'>, context: RenderContext): DiscordBody {
	const { say } = context;
	const { candidates, chosen } = choice;
	const heading = `## ${say('choice.heading', { count: candidates.length })}`;
	const text = chosen === null ? say('choice.ask') : say('choice.chosen', { agent: `**${plainText(chosen, 80)}**` });
	return messageBody(`${heading}\n${text}`, { buttons: choiceButtons(choice, context) });
}
