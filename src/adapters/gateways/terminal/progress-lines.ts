import type { MessageOf } from '../../../core/gateway.ts';
import { timeText } from '../shared/time-text.ts';
import { statusPieces } from './board-lines.ts';
import { fitted } from './fit-text.ts';
import type { Page } from './page.ts';

/** For a pipe: one line for each agent whose state differs from the board before. `before` is null at the start. */
export function progressLines(
	before: MessageOf<'board'> | null,
	board: MessageOf<'board'>,
	page: Page,
	elapsedMs: number,
): string[] {
	const { say, style } = page;
	const time = `[${timeText(elapsedMs, say, true)}]`;
	const line = (text: string) => fitted([[text]], page.width);
	const start = [
		line(`${style.signs.title} ${board.title}`),
		line(say('board.about', { team: board.team, agents: say('board.agents', { count: board.rows.length }) })),
		...board.rows.map(({ agent, name, model }) => line(`  ${agent} = ${name} (${model})`)),
	];
	const round = before !== null && board.orchestration > before.orchestration;
	const statuses = statusesOf(before, page);
	const changes = [...statusesOf(board, page)].filter(([agent, status]) => statuses.get(agent) !== status);
	return [
		...(before === null ? start : []),
		...(round ? [line(`${time} ${say('board.round', { count: board.orchestration })}`)] : []),
		...changes.map(([agent, status]) => line(`${time} ${agent}: ${status}`)),
	];
}

/** What a line says about each agent: votes stand in the tally, and that a run is over in its result. */
function statusesOf(board: MessageOf<'board'> | null, page: Page): Map<string, string> {
	const rows =
		board?.rows.filter(({ state, note }) => state !== 'done' && (state !== 'waiting' || note !== null)) ?? [];
	return new Map(rows.map((row) => [row.agent, fitted(statusPieces({ ...row, votes: null }, page), page.width)]));
}
