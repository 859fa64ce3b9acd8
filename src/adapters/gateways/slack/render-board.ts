import type { BoardRow, MessageOf, RenderContext } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { RunControl } from '../shared/controls.ts';
import { actions, type Button, context, header, section } from './blocks.ts';
import { MAX_TASKS } from './limits.ts';
import { personMark } from './person-mark.ts';
import { resultCard } from './render-result-card.ts';
import type { SlackBlock, SlackBody } from './slack-body.ts';
import { clipped, escaped, foreignLine, timeToken } from './slack-text.ts';

type Board = MessageOf<'board'>;

/** Characters that all rows may take, and one note of them. */
const ROWS_BUDGET = 8000;
const MAX_NOTE = 300;
const MAX_MODEL = 60;
const MAX_FALLBACK = 700;

/** The board while the run is going, the result card when it has ended. */
export function renderBoard(board: Board, { place, say }: RenderContext): SlackBody[] {
	const control = (action: RunControl['action']): RunControl => ({
		session: place.session,
		run: board.run,
		action,
		orchestration: null,
		agent: null,
	});
	if (board.finished !== null) return [resultCard(board, board.finished, { control, say })];
	const stop: Button = { control: control('stop'), label: say('slack.button.stop'), style: 'danger' };
	const top = [header(board.title), ...context(standingOf(board, say))];
	const rows = rowsOf(board, say);
	const bottom = actions([stop]);
	return [
		{
			type: 'message',
			text: clipped(textOf(board, say), MAX_FALLBACK * 5),
			blocks: [...top, planOf(board, rows, say), ...bottom],
			plainBlocks: [...top, section(`*${aboutOf(board, say)}*\n${rows.map(plainRow).join('\n')}`), ...bottom],
			controls: [stop.control],
		},
	];
}

function standingOf(board: Board, say: Say): (string | null)[] {
	const asker = personMark(board.askedBy);
	return [
		say('slack.board.run', { run: escaped(board.run) }),
		asker === null ? null : say('slack.board.asked_by', { person: asker }),
		say('slack.board.since', { when: timeToken(board.startedAt) }),
	];
}

const aboutOf = ({ team, rows, orchestration }: Board, say: Say): string =>
	[
		say('board.about', { team: escaped(team), agents: say('board.agents', { count: rows.length }) }),
		say('board.round', { count: orchestration }),
	].join(' · ');

interface Row {
	id: string;
	status: 'pending' | 'in_progress' | 'complete' | 'error';
	title: string;
	details: string;
}

/** One row per agent; what does not fit is counted in a last one. */
function rowsOf({ rows }: Board, say: Say): Row[] {
	const shown = rows.length <= MAX_TASKS ? rows : rows.slice(0, MAX_TASKS - 1);
	const room = Math.min(MAX_NOTE, Math.floor(ROWS_BUDGET / shown.length) - 2 * MAX_MODEL);
	const made = shown.map(
		(row): Row => ({
			id: row.agent,
			status: statusOf(row),
			title: foreignLine(`${row.agent} · ${row.model}`, 2 * MAX_MODEL),
			details: foreignLine(doingOf(row, say), Math.max(40, room)),
		}),
	);
	const left = rows.length - shown.length;
	if (left > 0) made.push({ id: '-', status: 'pending', title: say('board.more', { count: left }), details: '' });
	return made;
}

function statusOf({ state }: BoardRow): Row['status'] {
	switch (state) {
		case 'waiting':
			return 'pending';
		case 'thinking':
		case 'presenting':
		case 'reviewing':
			return 'in_progress';
		case 'answered':
		case 'voted':
		case 'done':
			return 'complete';
		case 'out':
			return 'error';
	}
}

/** What an agent does, how far it is, and why. */
function doingOf({ state, version, votes, tool, note }: BoardRow, say: Say): string {
	return [
		say(`state.${state}`),
		...(version > 0 ? [say('board.version', { version })] : []),
		...(votes === null ? [] : [say('board.votes', { count: votes })]),
		...[tool ?? note].filter((text) => text !== null),
	].join(' · ');
}

function planOf(board: Board, rows: readonly Row[], say: Say): SlackBlock {
	return {
		type: 'plan',
		title: foreignLine(aboutOf(board, say), 200),
		tasks: rows.map(({ id, status, title, details }) => ({
			type: 'task_card',
			task_id: foreignLine(id, 200),
			title,
			status,
			...(details === '' ? {} : { details: richText(details) }),
		})),
	};
}

const richText = (text: string) => ({
	type: 'rich_text',
	elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});

const SIGNS = { pending: '○', in_progress: '◐', complete: '●', error: '✕' } as const;

const plainRow = ({ status, title, details }: Row): string =>
	`${SIGNS[status]} *${escaped(title)}*${details === '' ? '' : `  ${escaped(details)}`}`;

function textOf(board: Board, say: Say): string {
	const rows = board.rows.map((row) => `${row.agent}: ${say(`state.${row.state}`)}`);
	return [escaped(foreignLine(board.title, MAX_FALLBACK)), aboutOf(board, say), escaped(rows.join(', '))].join(' — ');
}
