import type { MessageOf } from '../../../core/gateway.ts';
import type { Page } from './page.ts';
import { textLines } from './text-lines.ts';

/** What the review decided, and what the team is to do better. */
export function reviewLines({ verdict, reason, instructions }: MessageOf<'review'>, page: Page): string[] {
	const { say, style } = page;
	const indented = (text: string) => textLines(text, { ...page, width: page.width - 3 }).map((line) => `   ${line}`);
	if (verdict === 'submit') return ['', ` ${style.green(style.signs.done)} ${say('review.submit')}`];
	return [
		'',
		` ${style.yellow(style.signs.warning)} ${style.bold(say('review.restart'))}`,
		...(reason === '' ? [] : indented(say('review.reason', { reason }))),
		...(instructions === '' ? [] : indented(say('review.instructions', { instructions }))),
	];
}
