import type { Say } from '../../../core/say.ts';
import { fitted, type Piece } from './fit-text.ts';
import type { Style } from './style.ts';
import { widthOf } from './text-width.ts';

/** What lines are made for. */
export interface Page {
	/** Cells of a line; `Infinity` on a pipe: lines are then not broken and not ruled off. */
	width: number;
	say: Say;
	style: Style;
}

/** Opens a section: a blank line, then its name in a rule, or over a row of dashes on a pipe. */
export function headingLines(title: string, aside: string, page: Page): string[] {
	const { bold, dim, signs } = page.style;
	const pieces: Piece[] = [[title, bold]];
	if (aside !== '') pieces.push([` ${signs.dot} ${aside}`, dim]);
	if (page.width === Number.POSITIVE_INFINITY) {
		const line = fitted(pieces, page.width);
		return ['', line, '-'.repeat(widthOf(line))];
	}
	const lead = signs.rule.repeat(2);
	const used = widthOf(fitted([[title], [aside === '' ? '' : ` ${signs.dot} ${aside}`]], page.width));
	const rest = signs.rule.repeat(Math.max(2, page.width - used - 4));
	return ['', fitted([[`${lead} `, dim], ...pieces, [` ${rest}`, dim]], page.width)];
}
