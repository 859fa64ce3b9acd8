import { isOpen } from '../../../core/approval.ts';
import type { MessageOf, ThreadMessage } from '../../../core/gateway.ts';

/** `waiting`: people must decide, on the page or in the chat. `queued`: behind another question of the conversation. */
export type Phase = 'queued' | 'answering' | 'voting' | 'presenting' | 'waiting' | 'finished';

/** How far a team has got, for a program. */
export interface Progress {
	phase: Phase;
	agents: number;
	/** Agents with an answer. */
	answered: number;
	/** Agents that have voted. */
	voted: number;
}

/** What a program is told of a question. */
export interface RunState {
	/** Null: it waits behind another. */
	run: string | null;
	progress: Progress;
	/** The result as far as it is written. */
	text: string;
	/** Null: not finished. */
	result: MessageOf<'final'> | null;
	board: MessageOf<'board'> | null;
	/** The vote that counted; null: none has. */
	tally: MessageOf<'tally'> | null;
}

export const QUEUED: RunState = {
	run: null,
	progress: { phase: 'queued', agents: 0, answered: 0, voted: 0 },
	text: '',
	result: null,
	board: null,
	tally: null,
};

/** A run as its thread shows it. */
export function stateOf(run: string, messages: readonly ThreadMessage[]): RunState {
	const board = messages.find((message) => message.type === 'board') ?? null;
	const final = messages.find((message) => message.type === 'final') ?? null;
	const tally = messages.findLast((message) => message.type === 'tally') ?? null;
	const isWaiting = messages.some(waitsForPeople);
	const result = final !== null && final.outcome !== null ? final : null;
	const rows = board?.rows ?? [];
	const counts = {
		agents: rows.length,
		answered: rows.filter(({ version }) => version > 0).length,
		voted: result === null ? rows.filter(({ state }) => state === 'voted').length : (tally?.votes.length ?? 0),
	};
	const isVoting = rows.every(({ version, state }) => version > 0 || state === 'out') && rows.length > 0;
	const going: Phase = final !== null || tally !== null ? 'presenting' : isVoting ? 'voting' : 'answering';
	const phase: Phase = result !== null ? 'finished' : isWaiting ? 'waiting' : going;
	return { run, progress: { phase, ...counts }, text: final?.content ?? '', result, board, tally };
}

/** What came of a run, and where people can read all of it: the same for every kind of client. */
export const aboutRun = ({ run, result, board, tally }: RunState, url: string) => ({
	...{ run, url, team: board?.team ?? null, outcome: result?.outcome ?? null, winner: result?.winner ?? null },
	shortfalls: [...(result?.shortfalls ?? [])],
	votes: (tally?.rows ?? []).map(({ agent, votes }) => ({ agent, votes })),
});

/** Calls that are to be approved, or a tie that the requester breaks. */
const waitsForPeople = (message: ThreadMessage): boolean =>
	(message.type === 'approval' && isOpen(message.approval)) || (message.type === 'choice' && message.chosen === null);

/** Why there is no answer, in the words of the thread; empty when nothing is known. */
export function reasonsOf({ board }: RunState): string {
	return (board?.rows ?? []).flatMap(({ agent, note }) => (note === null ? [] : [`${agent}: ${note}`])).join('\n');
}
