import type { Outcome } from '../../../core/coordination.ts';
import type { MessageOf, RenderContext } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { visibleText } from '../shared/visible-text.ts';
import { boardButtons } from './buttons.ts';
import { cardFits } from './card-size.ts';
import { clipText } from './clip-text.ts';
import type { DiscordBody, DiscordCard } from './discord-body.ts';
import { LIMITS } from './limits.ts';
import { personText, plainText } from './plain-text.ts';
import { outcomeText, resultTexts } from './result-texts.ts';
import { compactRows, fullRows } from './row-texts.ts';

type Board = MessageOf<'board'>;

const RUNNING = 0x5865f2;
const COLOURS: Record<Outcome, number> = {
	answered: 0x3ba55d,
	partial: 0xf0b232,
	failed: 0xed4245,
	stopped: 0x80848e,
};

/** The state of a run, and when it has finished its result: one message, edited in place. */
export function boardBody(board: Board, context: RenderContext): DiscordBody {
	const buttons = boardButtons(board, context);
	const colour = board.finished === null ? RUNNING : COLOURS[board.finished];
	const head = headTexts(board, context.say);
	const versions = bodyVersions(board, context.say).map((texts): DiscordCard => ({ colour, blocks: [head, texts] }));
	const card = versions.find((one) => cardFits(one, buttons.length)) ?? versions.at(-1) ?? { colour, blocks: [head] };
	const title = threadTitle(board.title);
	return { content: noticeText(board, context.say), card, buttons, files: [], isSilent: false, title };
}

/** From the fullest to the shortest. */
function bodyVersions(board: Board, say: Say): readonly (readonly string[])[] {
	if (board.finished !== null) return [120, 40, 0].map((room) => resultTexts(board, say, room));
	return [...fullRows(board.rows, say), [compactRows(board.rows, say)]];
}

/** The question; once there is a result, that is what stands out. */
function headTexts(board: Board, say: Say): readonly string[] {
	const title = plainText(board.title, 120);
	const shown = board.finished === null ? `### ${title}` : `**${title}**`;
	return [`${shown}\n-# ${aboutTexts(board, say).join(' · ')}`];
}

function aboutTexts({ team, rows, orchestration, askedBy, startedAt, run }: Board, say: Say): readonly string[] {
	return [
		say('board.about', { team: plainText(team, 40), agents: say('board.agents', { count: rows.length }) }),
		...(orchestration > 1 ? [say('board.round', { count: orchestration })] : []),
		...(askedBy === null ? [] : [say('board.asked_by', { person: personText(askedBy) })]),
		`<t:${Math.floor(startedAt / 1000)}:R>`,
		say('board.run', { run: `\`${run}\`` }),
	];
}

const threadTitle = (title: string): string =>
	clipText(visibleText(title).replace(/\s+/g, ' ').trim(), LIMITS.threadName) || '…';

/** What a notification of the board says. */
function noticeText(board: Board, say: Say): string {
	const { title, finished, team, rows } = board;
	const agents = say('board.agents', { count: rows.length });
	const below =
		finished === null ? say('board.about', { team: plainText(team, 40), agents }) : outcomeText(board, finished, say);
	return `**${plainText(title, 120)}**\n${below}`;
}
