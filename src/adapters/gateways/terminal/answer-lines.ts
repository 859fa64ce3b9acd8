import type { MessageOf } from '../../../core/gateway.ts';
import { fitted } from './fit-text.ts';
import { headingLines, type Page } from './page.ts';
import { textLines } from './text-lines.ts';

/** The answers of the team, each under its author. */
export function answerLines(
	slots: readonly MessageOf<'slot'>[],
	board: MessageOf<'board'> | null,
	page: Page,
): string[] {
	if (slots.length === 0) return [];
	const { say, style } = page;
	const piped = page.width === Number.POSITIVE_INFINITY;
	const gutter = piped ? '' : ` ${style.dim(style.signs.gutter)} `;
	const inner = { ...page, width: page.width - 3 };
	const blocks = slots.map((slot, index) => {
		const model = board?.rows.find(({ agent }) => agent === slot.agent)?.model ?? '';
		const about = [slot.name, model, say('slot.version', { version: slot.version })].filter((part) => part !== '');
		const aside = about.map((part) => ` ${style.signs.dot} ${part}`).join('');
		const by = fitted(
			[
				[piped ? '' : ` ${style.signs.answered} `, style.green],
				[slot.agent, style.bold],
				[aside, style.dim],
			],
			page.width,
		);
		return [...(index === 0 && !piped ? [] : ['']), by, ...textLines(slot.content, inner).map((line) => gutter + line)];
	});
	return [...headingLines(say('slot.heading'), '', page), ...blocks.flat()];
}
