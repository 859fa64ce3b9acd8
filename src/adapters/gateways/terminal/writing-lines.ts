import type { MessageOf } from '../../../core/gateway.ts';
import { timeText } from '../shared/time-text.ts';
import { signOf } from './board-lines.ts';
import { fitted } from './fit-text.ts';
import type { Page } from './page.ts';
import { textLines } from './text-lines.ts';

export interface Moment {
	frame: number;
	elapsedMs: number;
	/** Lines there is room for. */
	height: number;
}

/** Who presents or reviews at the moment, and the end of the text that is being written, as far as there is room. */
export function writingLines(
	board: MessageOf<'board'>,
	final: MessageOf<'final'> | null,
	page: Page,
	{ frame, elapsedMs, height }: Moment,
): string[] {
	const row = board.rows.find(({ state }) => state === 'presenting' || state === 'reviewing');
	if (row === undefined || height < 2) return [];
	const { say, style, width } = page;
	const dot = ` ${style.signs.dot} `;
	const sign = ` ${signOf(row, style, { frame, winner: null })} `;
	const doing = row.tool ?? row.note;
	const heading = fitted(
		[
			[row.agent, style.bold],
			[dot, style.dim],
			[say(`state.${row.state}`), style.cyan],
			[doing === null ? '' : dot + doing, style.yellow],
			[dot + timeText(elapsedMs, say), style.dim],
		],
		width - 3,
	);
	const content = final?.streaming ? final.content : '';
	if (content === '' || height < 4) return ['', sign + heading].slice(-height);
	const lines = textLines(endOf(content, width * height), page);
	return ['', sign + heading, '', ...lines.slice(3 - height)];
}

/** At most about `length` characters from the end, from the start of a line where there is one. */
function endOf(content: string, length: number): string {
	if (content.length <= length) return content;
	const end = content.slice(-length);
	const line = end.indexOf('\n');
	return line === -1 ? end : end.slice(line + 1);
}
