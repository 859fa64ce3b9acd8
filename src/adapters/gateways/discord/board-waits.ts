import { channelSessionId, decodeSessionId } from '../../../core/session-id.ts';

/** What became of a board that somebody waits for. */
export type BoardNews =
	| { type: 'posted'; link: string }
	/** It cannot be posted; `reason` is for the person. */
	| { type: 'refused'; reason: string };

/** Tells those who asked a question where its board is, as soon as it has been posted. */
export interface BoardWaits {
	/** `tell` hears of the next board of the session, or of the channel as a whole, once. The result ends the wait. */
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
			const channel = channelSessionId(decodeSessionId(session));
			const all = [session, channel].flatMap((one) => [...(waiting.get(one) ?? [])]);
			for (const one of [session, channel]) waiting.delete(one);
			for (const tell of all) tell(news);
		},
	};
}
