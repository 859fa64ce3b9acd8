import type { Outcome } from '../../../core/coordination.ts';
import type { BoardRow } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { answerText, headingOf } from '../shared/result-text.ts';
import { harmlessMarkdown, partsOf } from './harmless-markdown.ts';
import type { MessageOf } from './message-of.ts';
import { personText, plainText } from './plain-text.ts';

type Board = MessageOf<'board'>;

/** Longest excerpt after it has been made harmless, in characters. */
const EXCERPT_ROOM = 1200;

/** The outcome of a run: its worth, whose answer it is, the votes in one line, how the answer begins. */
export function resultTexts(board: Board, say: Say, withVotes: boolean): readonly string[] {
	const { finished, result, rows, stoppedBy } = board;
	if (finished === null) return [];
	const excerpt = result?.excerpt ?? '';
	const standing = { outcome: finished, answers: result?.answers ?? 0, agents: rows.length, hasAnswer: excerpt !== '' };
	const small = [
		...(result?.winner == null || excerpt === '' ? [] : [say('final.by', { agent: plainText(result.winner, 40) })]),
		...(finished === 'stopped' && stoppedBy !== null
			? [say('board.stopped_by', { person: personText(stoppedBy) })]
			: []),
		...(withVotes ? standingsTexts(rows, say) : []),
	];
	const head = [`## ${headingOf(standing, say)}`, ...(small.length === 0 ? [] : [`-# ${small.join(' · ')}`])].join(
		'\n',
	);
	return [head, ...excerptTexts(board, finished, say)];
}

/** The votes in one line, most first, and who is out. */
function standingsTexts(rows: readonly BoardRow[], say: Say): readonly string[] {
	const counted = rows
		.filter(({ votes, state }) => votes !== null && (votes > 0 || state !== 'out'))
		.toSorted((a, b) => (b.votes ?? 0) - (a.votes ?? 0))
		.map(({ agent, votes }) => `${plainText(agent, 20)} ${votes}`);
	const out = rows
		.filter(({ state }) => state === 'out')
		.map(({ agent }) => `${plainText(agent, 20)} ${say('state.out')}`);
	const votes = counted.length === 0 ? [] : [say('board.tally', { votes: counted.join(', ') })];
	return [...votes, ...out];
}

/** Its headings are bold lines: else they would stand out more than the outcome. */
function excerptTexts({ result }: Board, outcome: Outcome, say: Say): readonly string[] {
	if (result === null || result.excerpt === '') return [answerText({ content: '', outcome }, say)];
	const excerpt = harmlessMarkdown(result.excerpt, 'bold');
	const [shown = '', ...rest] = partsOf(excerpt, EXCERPT_ROOM);
	return result.isWhole && rest.length === 0 ? [shown] : [`${shown}\n-# ${say('board.excerpt')}`];
}
