import type { BoardRow, MessageOf } from '../../../core/gateway.ts';
import { timeText } from '../shared/time-text.ts';
import { fitted, type Piece, padded } from './fit-text.ts';
import type { Page } from './page.ts';
import type { Style } from './style.ts';
import { textLines } from './text-lines.ts';
import { widthOf } from './text-width.ts';

/** From this page width on the anonymous names have a column, and from the next one on the models too. */
const WITH_NAMES = 56;
const WITH_MODELS = 72;
const MAX_ID = 20;
const MAX_MODEL = 28;
const GAP = '  ';

export interface BoardMoment {
	/** Counts up while the board is live and turns the spinner; null: nothing moves any more. */
	frame: number | null;
	elapsedMs: number;
	winner: string | null;
}

/** The board: the question, what works on it, and one row per agent. */
export function boardLines(board: MessageOf<'board'>, page: Page, moment: BoardMoment): string[] {
	const { say, style } = page;
	const title = textLines(board.title, { ...page, width: page.width - 3, style: { ...style, colours: false } });
	const about = [
		say('board.about', { team: board.team, agents: say('board.agents', { count: board.rows.length }) }),
		...(board.orchestration > 1 ? [say('board.round', { count: board.orchestration })] : []),
		timeText(moment.elapsedMs, say),
		...(moment.frame === null ? [] : [say('board.hint')]),
	];
	return [
		'',
		...title.map((line, index) => ` ${index === 0 ? style.cyan(style.signs.title) : ' '} ${style.bold(line)}`),
		fitted([['   '], [about.join(` ${style.signs.dot} `), style.dim]], page.width),
		'',
		...rowsOf(board, page, moment),
	];
}

function rowsOf({ rows }: MessageOf<'board'>, page: Page, moment: BoardMoment): string[] {
	const { style, width } = page;
	const longest = (limit: number, texts: readonly string[]) => Math.min(limit, Math.max(...texts.map(widthOf)));
	const idWidth = longest(
		width < WITH_NAMES ? 14 : MAX_ID,
		rows.map(({ agent }) => agent),
	);
	const nameWidth =
		width < WITH_NAMES
			? 0
			: longest(
					8,
					rows.map(({ name }) => name),
				);
	const modelWidth =
		width < WITH_MODELS
			? 0
			: longest(
					MAX_MODEL,
					rows.map(({ model }) => model),
				);
	return rows.map((row) => {
		const cells = [` ${signOf(row, style, moment)} ${style.bold(padded(row.agent, idWidth))}`];
		if (nameWidth > 0) cells.push(style.dim(padded(row.name, nameWidth)));
		if (modelWidth > 0) cells.push(style.dim(padded(row.model, modelWidth)));
		const used = 3 + idWidth + (nameWidth && nameWidth + 2) + (modelWidth && modelWidth + 2) + 2;
		return [...cells, fitted(statusPieces(row, page), width - used)].join(GAP);
	});
}

export function signOf(
	row: BoardRow,
	{ signs, ...style }: Style,
	{ frame, winner }: Pick<BoardMoment, 'frame' | 'winner'>,
): string {
	if (row.agent === winner) return style.yellow(signs.winner);
	switch (row.state) {
		case 'waiting':
			return style.dim(signs.waiting);
		case 'thinking':
		case 'presenting':
		case 'reviewing':
			return frame === null
				? style.dim(signs.answered)
				: style.cyan(signs.spinner[frame % signs.spinner.length] ?? signs.waiting);
		case 'answered':
			return style.green(signs.answered);
		case 'voted':
		case 'done':
			return style.green(signs.done);
		case 'out':
			return style.red(signs.out);
	}
}

/** What an agent does, how far it is, and why. */
export function statusPieces(row: BoardRow, { say, style }: Page): Piece[] {
	const state = { text: say(`state.${row.state}`), paint: paintOf(row, style) };
	const facts: Piece[] = [];
	if (row.votes === null || row.state !== 'done') facts.push([state.text, state.paint]);
	if (row.version > 0) facts.push([say('board.version', { version: row.version })]);
	if (row.votes !== null)
		facts.push([say('board.votes', { count: row.votes }), row.votes > 0 ? style.magenta : style.dim]);
	if (row.tool !== null) facts.push([row.tool, style.yellow]);
	else if (row.note !== null) facts.push([row.note, style.dim]);
	return facts.flatMap((piece, index): Piece[] =>
		index === 0 ? [piece] : [[` ${style.signs.dot} `, style.dim], piece],
	);
}

function paintOf({ state }: BoardRow, style: Style): (text: string) => string {
	switch (state) {
		case 'waiting':
			return style.dim;
		case 'thinking':
		case 'presenting':
		case 'reviewing':
			return style.cyan;
		case 'answered':
		case 'voted':
		case 'done':
			return style.green;
		case 'out':
			return style.red;
	}
}
