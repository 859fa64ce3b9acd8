import type { Outcome } from '../../../core/coordination.ts';
import type { BoardRow, MessageOf } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { answerText, headingOf } from '../shared/result-text.ts';
import { harmlessMarkdown, partsOf } from './harmless-markdown.ts';
import { personText, plainText } from './plain-text.ts';

type Board = MessageOf<'board'>;

/** Longest excerpt after it has been made harmless, in characters. */
const EXCERPT_ROOM = 1200;

/** What a run came to, in a few words. */
export function outcomeText({ result, rows }: Board, outcome: Outcome, say: Say): string {
	const hasAnswer = result !== null && result.excerpt !== '';
	return headingOf({ outcome, answers: result?.answers ?? 0, agents: rows.length, hasAnswer }, say);
}

/**
 * The outcome of a run: its worth, whose answer it is, the votes in one line, who is out and why, how the answer
 * begins. `room`: characters for each reason; with none, votes and those who are out are left away.
 */
export function resultTexts(board: Board, say: Say, room: number): readonly string[] {
	const { finished, result, rows, stoppedBy } = board;
	if (finished === null) return [];
	const hasAnswer = result !== null && result.excerpt !== '';
	const winner = hasAnswer ? result.winner : null;
	const about = [
		...(winner === null ? [] : [say('final.by', { agent: plainText(winner, 40) })]),
		...(finished === 'stopped' && stoppedBy !== null ? [say('board.stopped_by', { by: personText(stoppedBy) })] : []),
		...(room > 0 ? votesTexts(rows, say) : []),
	];
	const small = [...(about.length === 0 ? [] : [about.join(' · ')]), ...(room > 0 ? outTexts(rows, say, room) : [])];
	return [
		[`## ${outcomeText(board, finished, say)}`, ...small.map((text) => `-# ${text}`)].join('\n'),
		...excerptTexts(board, finished, say),
	];
}

/** The votes, most first; nothing when there were none. */
function votesTexts(rows: readonly BoardRow[], say: Say): readonly string[] {
	const counted = rows
		.filter(({ votes, state }) => votes !== null && (votes > 0 || state !== 'out'))
		.toSorted((a, b) => (b.votes ?? 0) - (a.votes ?? 0))
		.map(({ agent, votes }) => `${plainText(agent, 20)} ${votes}`);
	return counted.length === 0 ? [] : [say('board.tally', { votes: counted.join(', ') })];
}

/** Who is out, a line each, with the reason. */
function outTexts(rows: readonly BoardRow[], say: Say, room: number): readonly string[] {
	return rows
		.filter(({ state }) => state === 'out')
		.map(({ agent, note }) => {
			const why = note === null ? '' : `: ${plainText(note, room)}`;
			return `✗ ${plainText(agent, 20)} ${say('state.out')}${why}`;
		});
}

/** Its headings are bold lines: else they would stand out more than the outcome. */
function excerptTexts({ result }: Board, outcome: Outcome, say: Say): readonly string[] {
	if (result === null || result.excerpt === '') return [answerText({ content: '', outcome }, say)];
	const excerpt = harmlessMarkdown(result.excerpt, 'bold');
	const [shown = '', ...rest] = partsOf(excerpt, EXCERPT_ROOM);
	return result.isWhole && rest.length === 0 ? [shown] : [`${shown}\n-# ${say('board.excerpt')}`];
}
