import type { Outcome } from '../../../core/coordination.ts';
import type { BoardResult, MessageOf } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { RunControl } from '../shared/controls.ts';
import { answerText, headingOf } from '../shared/result-text.ts';
import { splitMarkdown } from '../shared/split-markdown.ts';
import { actions, type Button, context, header, markdown, plainSections, section } from './blocks.ts';
import { personMark } from './person-mark.ts';
import type { SlackBlock, SlackBody } from './slack-body.ts';
import { clipped, escaped, foreignLine, foreignMarkdown } from './slack-text.ts';

type Board = MessageOf<'board'>;

export interface CardContext {
	control(action: RunControl['action']): RunControl;
	say: Say;
}

const MAX_TITLE = 300;
const MAX_NOTE = 120;
const MAX_LINE = 1500;
const NO_RESULT: BoardResult = { winner: null, answers: 0, excerpt: '', isWhole: true };
/** More than an excerpt with its added fences takes. */
const EXCERPT_LIMIT = 3000;

/** What the board becomes: nobody has to open the thread to know what came out. */
export function resultCard(board: Board, outcome: Outcome, { control, say }: CardContext): SlackBody {
	const result = board.result ?? NO_RESULT;
	const shown = excerptOf(result);
	const hasAnswer = shown !== '';
	const heading = headingOf({ outcome, answers: result.answers, agents: board.rows.length, hasAnswer }, say);
	const facts = factsOf(board, result, say);
	const title = escaped(foreignLine(board.title, MAX_TITLE)) || '…';
	const about = context([
		say('slack.board.run', { run: escaped(board.run) }),
		escaped(foreignLine(board.team, MAX_NOTE)),
		peopleOf(board, say),
	]);
	const excerpt = hasAnswer ? shown : answerText({ content: '', outcome }, say);
	const more = context([hasAnswer && !result.isWhole ? say('slack.card.whole') : null]);
	const buttons = buttonsOf(board, hasAnswer, { control, say });
	const top: SlackBlock[] = [header(heading), section(`*${title}*`)];
	const above = [...top, ...context([facts])];
	const below = [...more, ...about, ...actions(buttons)];
	return {
		type: 'message',
		text: [heading, title, facts, escaped(foreignLine(excerpt, 700))].filter((line) => line !== '').join('\n'),
		blocks: [...above, markdown(excerpt), ...below],
		plainBlocks: [...above, ...plainSections(excerpt), ...below],
		controls: buttons.map((button) => button.control),
	};
}

/** Fences that were cut through are closed. Empty when there is nothing to see. */
function excerptOf({ excerpt, isWhole }: BoardResult): string {
	const text = foreignMarkdown(excerpt).trimEnd();
	if (text.trim() === '') return '';
	const [whole = text] = splitMarkdown(isWhole ? text : `${text} …`, EXCERPT_LIMIT);
	return whole;
}

/** Who won, the vote and who is missing, in a line. */
function factsOf(board: Board, { winner }: BoardResult, say: Say): string {
	const votes = board.rows
		.flatMap(({ agent, votes: count }) => (count === null ? [] : [{ agent, count }]))
		.toSorted((a, b) => b.count - a.count)
		.map(({ agent, count }) => `${agent}: ${say('board.votes', { count })}`);
	const out = board.rows
		.filter(({ state }) => state === 'out')
		.map(({ agent, note }) => (note === null ? agent : `${agent} (${foreignLine(note, MAX_NOTE)})`));
	const facts = [
		...(winner === null ? [] : [say('slack.card.winner', { agent: winner })]),
		...(votes.length === 0 ? [] : [votes.join(', ')]),
		...(out.length === 0 ? [] : [say('slack.card.out', { agents: out.join(', ') })]),
	];
	return clipped(escaped(foreignLine(facts.join(' · '), MAX_LINE)), MAX_LINE);
}

function peopleOf({ askedBy, stoppedBy }: Board, say: Say): string | null {
	const asker = personMark(askedBy);
	const stopper = personMark(stoppedBy);
	const people = [
		...(asker === null ? [] : [say('slack.board.asked_by', { person: asker })]),
		...(stopper === null ? [] : [say('slack.board.stopped_by', { person: stopper })]),
	];
	return people.length === 0 ? null : people.join(' · ');
}

function buttonsOf(board: Board, hasAnswer: boolean, { control, say }: CardContext): Button[] {
	const retry: Button = { control: control('retry'), label: say('slack.button.retry') };
	if (!hasAnswer) return [{ ...retry, style: 'primary' }];
	const hasVotes = board.rows.some(({ votes }) => votes !== null);
	return [
		retry,
		{ control: control('follow_up'), label: say('slack.button.follow_up') },
		...(hasVotes ? [{ control: control('why'), label: say('slack.button.why') }] : []),
		{ control: control('good'), label: '👍', spoken: say('slack.button.good') },
		{ control: control('bad'), label: '👎', spoken: say('slack.button.bad') },
	];
}
