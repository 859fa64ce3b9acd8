/** What became of a board that somebody waits for. */
export type BoardNews =
	| { type: 'posted'; link: string }
	/** It cannot be posted; `reason` is for the person. */
	| { type: 'refused'; reason: string };

/** Tells those who asked a question where its board is, as soon as it has been posted. */
export interface BoardWaits {
	/** `tell` hears of the next board of the session, once. The result ends the wait. */
	wait(session: string, tell: (news: BoardNews) => void): () => void;
	/** A board of the session has been posted, or refused for good. */
	happened(session: string, news: BoardNews): void;
}

export function createBoardWaits(): BoardWaits {
	const waiting = new Map<string, Set<(news: BoardNews) => void>>();
	return {
		wait(session, tell) {
			const all = waiting.get(session) ?? new Set();
			waiting.set(session, all.add(tell));
			return () => {
				all.delete(tell);
				if (all.size === 0 && waiting.get(session) === all) waiting.delete(session);
			};
		},
		happened(session, news) {
			const all = waiting.get(session) ?? [];
			waiting.delete(session);
			for (const tell of all) tell(news);
		},
	};
}
