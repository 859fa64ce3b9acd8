import type { MessageOf } from '../../../core/gateway.ts';
import { fitted, padded } from './fit-text.ts';
import { headingLines, type Page } from './page.ts';
import { widthOf } from './text-width.ts';

/** The tied answers with their numbers and how each begins. */
export function choiceLines(candidates: readonly string[], slots: readonly MessageOf<'slot'>[], page: Page): string[] {
	const { say, style } = page;
	const idWidth = Math.min(20, Math.max(...candidates.map(widthOf)));
	const lines = candidates.map((agent, index) => {
		const slot = slots.find((one) => one.agent === agent);
		const begins = slot === undefined ? '' : `  ${slot.content.slice(0, 400)}`;
		return fitted(
			[
				[` ${index + 1}) `, style.cyan],
				[padded(agent, idWidth), style.bold],
				[begins, style.dim],
			],
			Math.min(page.width, 200),
		);
	});
	return [...headingLines(say('choice.heading', { count: candidates.length }), '', page), ...lines];
}
