import type { BoardRow, RowState } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { SHOWN } from './limits.ts';
import { plainText } from './plain-text.ts';

/** Signs that no client replaces by a picture. The state stands beside each in words. */
const SIGNS: Record<RowState, string> = {
	waiting: '○',
	thinking: '◐',
	answered: '●',
	voted: '✓',
	presenting: '✎',
	reviewing: '✎',
	done: '✓',
	out: '✗',
};

/** A row per agent, from the fullest version to the shortest; no version for more agents than a board has rows for. */
export function fullRows(rows: readonly BoardRow[], say: Say): readonly (readonly string[])[] {
	if (rows.length > SHOWN.rows) return [];
	return [120, 40, 0].map((room) => rows.map((row) => `${headOf(row, say)}\n-# ${factsOf(row, say, room)}`));
}

/** A line per agent. */
export const compactRows = (rows: readonly BoardRow[], say: Say): string =>
	rows.map((row) => headOf(row, say, 20)).join('\n');

const headOf = ({ agent, state }: BoardRow, say: Say, room = 40): string =>
	`${SIGNS[state]} **${plainText(agent, room)}** ${say(`state.${state}`)}`;

/** `room` is that of a tool's label or a note, in characters; with none the model goes short too. */
function factsOf({ model, version, votes, tool, note }: BoardRow, say: Say, room: number): string {
	const facts = [plainText(model, room === 0 ? 20 : 40)];
	if (version > 0) facts.push(say('slot.version', { version }));
	if (votes !== null) facts.push(say('board.votes', { count: votes }));
	if (room > 0 && tool !== null) facts.push(say('board.tool', { tool: plainText(tool, room) }));
	else if (room > 0 && note !== null) facts.push(plainText(note, room));
	return facts.join(' · ');
}
