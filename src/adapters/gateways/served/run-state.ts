import type { Approval } from '../../../core/approval.ts';
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
	/** What waits for people. */
	approvals: readonly Approval[];
}

export const QUEUED: RunState = {
	run: null,
	progress: { phase: 'queued', agents: 0, answered: 0, voted: 0 },
	text: '',
	result: null,
	board: null,
	tally: null,
	approvals: [],
};

/** A run as its thread shows it. */
export function stateOf(run: string, messages: readonly ThreadMessage[]): RunState {
	const board = messages.find((message) => message.type === 'board') ?? null;
	const final = messages.find((message) => message.type === 'final') ?? null;
	const tally = messages.findLast((message) => message.type === 'tally') ?? null;
	const approvals = messages.flatMap((message) =>
		message.type === 'approval' && isOpen(message.approval) ? [message.approval] : [],
	);
	const result = final !== null && final.outcome !== null ? final : null;
	const rows = board?.rows ?? [];
	const counts = {
		agents: rows.length,
		answered: rows.filter(({ version }) => version > 0).length,
		voted: result === null ? rows.filter(({ state }) => state === 'voted').length : (tally?.votes.length ?? 0),
	};
	const isVoting = rows.every(({ version, state }) => version > 0 || state === 'out') && rows.length > 0;
	const going: Phase = final !== null || tally !== null ? 'presenting' : isVoting ? 'voting' : 'answering';
	const phase: Phase = result !== null ? 'finished' : approvals.length > 0 ? 'waiting' : going;
	return { run, progress: { phase, ...counts }, text: final?.content ?? '', result, board, tally, approvals };
}

/** Why there is no answer, in the words of the thread; empty when nothing is known. */
export function reasonsOf({ board }: RunState): string {
	return (board?.rows ?? []).flatMap(({ agent, note }) => (note === null ? [] : [`${agent}: ${note}`])).join('\n');
}
