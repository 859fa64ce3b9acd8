import type { Place, PlacedMessage, ThreadMessage } from '../../../core/gateway.ts';
import { createLiveThread, type LiveThread } from './live-thread.ts';

export interface ThreadCache {
	/** Takes a message that was posted or replaced. */
	put(place: Place, message: ThreadMessage): void;
	/**
	 * Calls `use` with the whole thread, which stays in memory as long as `use` has left a watcher on it.
	 * Null when there is no such thread.
	 */
	open<T>(session: string, use: (thread: LiveThread) => T): Promise<T | null>;
	/** Whether there is such a thread. */
	has(session: string): Promise<boolean>;
}

/** Threads that are kept although nobody watches them. */
const KEPT = 50;

/**
 * The threads that somebody watches or that were used last. All others are read again through `read` when they
 * are needed; what was posted before the answer is in goes over it.
 */
export function createThreadCache(read: (session: string) => Promise<readonly PlacedMessage[]>): ThreadCache {
	/** Least recently used first. */
	const threads = new Map<string, LiveThread>();
	const loads = new Map<LiveThread, Promise<void>>();
	let change = 0;

	const touch = (session: string): LiveThread => {
		const thread = threads.get(session) ?? createLiveThread(() => ++change);
		threads.delete(session);
		threads.set(session, thread);
		for (const [old, kept] of threads) {
			if (threads.size <= KEPT) break;
			if (kept !== thread && !kept.isWatched() && !loads.has(kept)) threads.delete(old);
		}
		return thread;
	};

	const load = (session: string, thread: LiveThread): Promise<void> => {
		const known = loads.get(thread);
		if (known !== undefined) return known;
		const loading = read(session)
			.then(thread.fill)
			.finally(() => loads.delete(thread));
		loads.set(thread, loading);
		return loading;
	};

	const open = async <T>(session: string, use: (thread: LiveThread) => T): Promise<T | null> => {
		let thread = touch(session);
		for (; !thread.isWhole(); thread = touch(session)) await load(session, thread);
		if (thread.slots().size > 0) return use(thread);
		threads.delete(session);
		return null;
	};

	return {
		open,
		put: ({ session, run }, message) => touch(session).put(run, message),
		async has(session) {
			const isHere = (threads.get(session)?.slots().size ?? 0) > 0;
			return isHere || (await open(session, () => true)) === true;
		},
	};
}
