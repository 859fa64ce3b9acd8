import type { MessageOf, RenderContext } from '../../../core/gateway.ts';
import { context } from './blocks.ts';
import type { SlackBody } from './slack-body.ts';
import { escaped, foreignLine } from './slack-text.ts';

type Review = MessageOf<'review'>;

/** What the review decided, in small print. */
export function renderReview({ verdict, reason, instructions }: Review, { say }: RenderContext): SlackBody[] {
	const line = (key: string, name: string, text: string) =>
		text === '' ? [] : [say(key, { [name]: escaped(foreignLine(text, 250)) })];
	const lines =
		verdict === 'submit'
			? [say('review.submit')]
			: [
					`*${say('review.restart')}*`,
					...line('review.reason', 'reason', reason),
					...line('review.instructions', 'instructions', instructions),
				];
	const text = lines.join('\n');
	const blocks = context([text]);
	return [{ type: 'message', text, blocks, plainBlocks: blocks, controls: [] }];
}
