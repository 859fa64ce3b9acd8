import type { LogEntry, Store } from '../../../core/store.ts';

/** Entries fetched at a time: what one watch holds in memory beside the entry its reader is busy with. */
export const PAGE = 64;

/** Wakes the watches of one store when there is more to read. */
export interface LogFeed {
	/** The log has grown, durably. */
	grew(log: string): void;
	/** See `Store.watch`. */
	watch(log: string, after: number, signal: AbortSignal): AsyncIterable<LogEntry>;
	/** Ends all watches. */
	close(): void;
}

/** One sleeping or busy watch. A wake-up while it is busy is kept for its next sleep. */
function createSleeper() {
	let woken = false;
	let wakeUp: (() => void) | null = null;
	return {
		wake() {
			woken = true;
			wakeUp?.();
		},
		async sleep() {
			if (!woken) await new Promise<void>((resolve) => (wakeUp = resolve));
			wakeUp = null;
			woken = false;
		},
	};
}

/** Told when a log gets its first watch, before that reads, and when its last watch has ended. */
export interface LogAudience {
	came(log: string): void;
	left(log: string): void;
}

/** `read` is the store's own; a watch remembers only how far it has got and reads on from there. */
export function createLogFeed(read: Store['read'], audience?: LogAudience): LogFeed {
	const sleepers = new Map<string, Set<{ wake(): void }>>();
	let closed = false;

	function enrol(log: string, sleeper: { wake(): void }): () => void {
		const others = sleepers.get(log) ?? new Set();
		sleepers.set(log, others.add(sleeper));
		if (others.size === 1) audience?.came(log);
		return () => {
			others.delete(sleeper);
			if (others.size > 0) return;
			sleepers.delete(log);
			audience?.left(log);
		};
	}

	async function* watch(log: string, after: number, signal: AbortSignal): AsyncGenerator<LogEntry, void, undefined> {
		const sleeper = createSleeper();
		const leave = enrol(log, sleeper);
		signal.addEventListener('abort', sleeper.wake, { once: true });
		const over = () => closed || signal.aborted;
		try {
			for (let seen = after; !over(); ) {
				const page = await read(log, { after: seen, limit: PAGE });
				for (const entry of page) {
					if (over()) return;
					seen = entry.seq;
					yield entry;
				}
				if (page.length < PAGE && !over()) await sleeper.sleep();
			}
		} finally {
			leave();
			signal.removeEventListener('abort', sleeper.wake);
		}
	}

	return {
		grew: (log) => {
			for (const sleeper of sleepers.get(log) ?? []) sleeper.wake();
		},
		watch,
		close() {
			closed = true;
			for (const watches of sleepers.values()) for (const sleeper of watches) sleeper.wake();
		},
	};
}
