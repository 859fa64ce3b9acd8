import type { MessageOf, ThreadMessage } from '../../../core/gateway.ts';
import { answerLines } from './answer-lines.ts';
import { approvalLines, decidedLine, type HeldCall, votesLine } from './approval-lines.ts';
import { boardLines } from './board-lines.ts';
import { finalLines } from './final-lines.ts';
import type { Page } from './page.ts';
import { reviewLines } from './review-lines.ts';
import { tallyLines, tieLines } from './tally-lines.ts';
import { createThreadStore } from './thread-store.ts';
import { type Moment, writingLines } from './writing-lines.ts';

/**
 * One thread on paper: what is decided is handed out once, in reading order, and stays; what still changes is
 * `live`. A board is decided with the winner of its vote (or the question to the requester), and takes the answers
 * and the tally with it. The result is decided at the end of the run, so that what it lacks stands above it.
 */
export interface ThreadDisplay {
	update(message: ThreadMessage): void;
	board(): MessageOf<'board'> | null;
	slots(): readonly MessageOf<'slot'>[];
	/** The tie that waits for a person; only once everything about it has been handed out. */
	openChoice(): MessageOf<'choice'> | null;
	/** The calls that wait for people and whose cards have been handed out. */
	openApprovals(): readonly HeldCall[];
	/** Lines that have been decided since the last call. `closing`: whatever there is, for there will be no more. */
	take(page: Page, elapsedMs: number, closing?: boolean): string[];
	live(page: Page, moment: Moment): string[];
	/** True once the result has been handed out. */
	isOver(): boolean;
}

/** `showsCards`: what waits is shown whole; otherwise only what becomes of it is said. */
export function createThreadDisplay(showsCards: boolean): ThreadDisplay {
	const store = createThreadStore();
	const taken = new Set<string>();
	const versions = new Map<string, number>();

	/** True the first time. */
	const once = (name: string) => !taken.has(name) && taken.add(name) !== undefined;

	function evidence(round: number, board: MessageOf<'board'>, page: Page, elapsedMs: number): string[] {
		const tally = store.find('tally', `tally:${round}`);
		const fresh = store.slots().filter(({ agent, version }) => version > (versions.get(agent) ?? 0));
		for (const { agent, version } of fresh) versions.set(agent, version);
		const own = round === board.orchestration && page.width !== Number.POSITIVE_INFINITY;
		return [
			...(own ? boardLines(board, page, { frame: null, elapsedMs, winner: tally?.winner ?? null }) : []),
			...answerLines(fresh, board, page),
			...(tally === null ? [] : tallyLines(tally, page)),
		];
	}

	function takeRound(round: number, board: MessageOf<'board'>, page: Page, elapsedMs: number, all: boolean): string[] {
		const due = all || round < board.orchestration || store.isDecided(round);
		const lines = due && once(`round:${round}`) ? evidence(round, board, page, elapsedMs) : [];
		if (!taken.has(`round:${round}`)) return lines;
		const tally = store.find('tally', `tally:${round}`);
		if (tally !== null && tally.winner !== null && once(`tie:${round}`)) lines.push(...tieLines(tally, page));
		const review = store.find('review', `review:${round}`);
		if (review !== null && once(review.key)) lines.push(...reviewLines(review, page));
		return lines;
	}

	const calls = (): HeldCall[] =>
		store.approvals().flatMap((approval) => approval.items.map((item) => ({ approval, item })));

	/** A card once for each revision of a call, then what became of it. */
	function takeCall(held: HeldCall, page: Page): string[] {
		const { approval, item } = held;
		const { callId, revision, state, effect, votes } = item;
		const named = (...what: readonly (string | number)[]) => JSON.stringify([approval.id, callId, ...what]);
		if (state === 'pending') {
			const isNew = once(named('card', revision));
			const hasVotes = votes.length > 0 && once(named('votes', revision, votes.length)) && !isNew;
			if (isNew && showsCards) return approvalLines(held, page);
			return hasVotes ? [votesLine(held, page)] : [];
		}
		const isOdd = state === 'approved' && (effect === 'failed' || effect === 'unknown');
		return once(named(state, isOdd ? effect : '')) ? [decidedLine(held, page)] : [];
	}

	return {
		update: store.update,
		board: () => store.find('board', 'board'),
		slots: store.slots,
		openChoice() {
			const round = store.find('board', 'board')?.orchestration ?? 0;
			const choice = store.find('choice', `choice:${round}`);
			return choice !== null && choice.chosen === null && taken.has(`round:${round}`) ? choice : null;
		},
		openApprovals: () =>
			calls().filter(({ approval, item }) => {
				const isShown = taken.has(JSON.stringify([approval.id, item.callId, 'card', item.revision]));
				return item.state === 'pending' && isShown;
			}),
		take(page, elapsedMs, closing = false) {
			const board = store.find('board', 'board');
			if (board === null || taken.has('final')) return [];
			const all = closing || store.isFinished();
			const rounds = Array.from({ length: board.orchestration }, (_, index) => index + 1);
			const lines = rounds.flatMap((round) => takeRound(round, board, page, elapsedMs, all));
			for (const held of calls()) lines.push(...takeCall(held, page));
			const final = store.find('final', 'final');
			if (final !== null && store.isFinished() && once('final')) lines.push(...finalLines(final, board, page));
			return lines;
		},
		live(page, moment) {
			const board = store.find('board', 'board');
			if (board === null || taken.has('final')) return [];
			const decided = taken.has(`round:${board.orchestration}`);
			const top = decided ? [] : clipped(boardLines(board, page, { ...moment, winner: null }), page, moment.height);
			const room = { ...moment, height: moment.height - top.length };
			return [...top, ...writingLines(board, store.find('final', 'final'), page, room)];
		},
		isOver: () => taken.has('final'),
	};
}

/** The first lines, and how many there are more. A live part higher than the screen could not be redrawn. */
function clipped(lines: readonly string[], { say, style }: Page, height: number): readonly string[] {
	if (lines.length <= height) return lines;
	const more = lines.length - height + 1;
	return [...lines.slice(0, height - 1), ` ${style.dim(`… ${say('board.more', { count: more })}`)}`];
}
