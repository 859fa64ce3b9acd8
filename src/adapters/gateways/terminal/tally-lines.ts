import type { TallyRow } from '../../../core/coordination.ts';
import type { MessageOf } from '../../../core/gateway.ts';
import { fitted, type Piece, padded } from './fit-text.ts';
import { headingLines, type Page } from './page.ts';
import { textLines } from './text-lines.ts';
import { widthOf } from './text-width.ts';

const MAX_ID = 20;
const BAR = 24;

/** The vote: a bar per answer, and under it who voted for it and why. */
export function tallyLines(tally: MessageOf<'tally'>, page: Page): string[] {
	const { say } = page;
	const counted = rowsOf(tally);
	const voters = tally.votes.map(({ agent }) => agent);
	const widest = Math.max(...[...counted.map(({ agent }) => agent), ...voters].map(widthOf));
	const idWidth = Math.min(page.width < 60 ? 12 : MAX_ID, widest);
	const most = Math.max(1, tally.votes.length, ...counted.map(({ votes }) => votes));
	const rows = counted.flatMap((row) => [
		barLine(row, { most, winner: tally.winner }, page, idWidth),
		...tally.votes.filter(({ target }) => target === row.agent).flatMap((vote) => reasonLines(vote, page, idWidth)),
	]);
	const nobody = tally.votes.length === 0 ? [fitted([[` ${say('tally.none')}`]], page.width)] : [];
	return [...headingLines(say('tally.heading'), say(`tally.by.${tally.by}`), page), ...nobody, ...rows];
}

/** How a tie was broken; nothing when there was none. */
export function tieLines({ tie, winner }: MessageOf<'tally'>, page: Page): string[] {
	if (tie === null || winner === null) return [];
	const text = page.say(`tally.tie.${tie.rule}`, { tied: tie.tied.join(', '), winner });
	return ['', ...textLines(text, { ...page, width: page.width - 1 }).map((line) => ` ${line}`)];
}

/** The rows, and one for each answer that has votes and no row, so that no vote goes unseen. */
function rowsOf({ rows, votes }: MessageOf<'tally'>): readonly TallyRow[] {
	const missing = votes.filter(({ target }) => !rows.some(({ agent }) => agent === target));
	const groups = Map.groupBy(missing, ({ target }) => target);
	const added = [...groups].map(([agent, cast]): TallyRow => {
		return { agent, label: cast[0]?.label ?? agent, votes: cast.length, voters: cast.map((vote) => vote.agent) };
	});
	return [...rows, ...added];
}

/** `most`: votes of a bar that is full. */
function barLine(
	row: TallyRow,
	{ most, winner }: { most: number; winner: string | null },
	page: Page,
	idWidth: number,
): string {
	const { style, say, width } = page;
	const count = say('board.votes', { count: row.votes });
	const wins = row.agent === winner;
	const sign: Piece = [` ${wins ? style.signs.winner : ' '} `, style.yellow];
	if (width === Number.POSITIVE_INFINITY) return fitted([sign, [`${row.agent} (${row.label}): ${count}`]], width);
	const length = Math.max(4, Math.min(BAR, width - idWidth - 20));
	const filled = Math.round((length * row.votes) / most);
	return fitted(
		[
			sign,
			[`${padded(row.agent, idWidth)}  `, style.bold],
			[style.signs.bar.repeat(filled), wins ? style.yellow : style.magenta],
			[style.signs.track.repeat(length - filled), style.dim],
			[`  ${count}`],
		],
		width,
	);
}

function reasonLines(vote: MessageOf<'tally'>['votes'][number], page: Page, idWidth: number): string[] {
	const { style, say, width } = page;
	const self = vote.agent === vote.target ? `${say('tally.self')}: ` : '';
	const reason = self + (vote.reason.trim() === '' ? say('tally.no_reason') : vote.reason.replace(/\s+/g, ' '));
	if (width === Number.POSITIVE_INFINITY) return [fitted([[`     ${vote.agent}: ${reason}`]], width)];
	const left = 7 + idWidth;
	return textLines(reason, { ...page, width: Math.max(10, width - left) }).map((line, index) => {
		const by = index === 0 ? style.dim(padded(vote.agent, idWidth)) : ' '.repeat(idWidth);
		return `     ${by}  ${style.dim(line)}`;
	});
}
