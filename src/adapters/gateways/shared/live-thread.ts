import { isDeepStrictEqual } from 'node:util';
import type { PlacedMessage, ThreadMessage } from '../../../core/gateway.ts';

/** One message of a thread in its newest state. */
export interface Slot {
	readonly run: string | null;
	readonly message: ThreadMessage;
	/** Number of the change that brought it into this state. */
	readonly changed: number;
	/** From this change on its text has only become longer, and nothing else in it was different. */
	readonly grownSince: number;
}

/** A thread in memory: the newest state of every message, and when each changed. */
export interface LiveThread {
	/** Number of its newest change. */
	latest(): number;
	/** False until `fill`: only what was posted since is here. */
	isWhole(): boolean;
	/** Whether every change after this one is still known as such. */
	knows(change: number): boolean;
	/** By place, in the order in which the messages were posted. */
	slots(): ReadonlyMap<string, Slot>;
	put(run: string | null, message: ThreadMessage): void;
	/** Puts what the journals tell before and below what was posted. */
	fill(entries: readonly PlacedMessage[]): void;
	/** Calls `tell` after every change; the returned function ends that. */
	watch(tell: () => void): () => void;
	isWatched(): boolean;
}

/** `nextChange` counts up over all threads of the process, so that a number never means two changes. */
export function createLiveThread(nextChange: () => number): LiveThread {
	let slots = new Map<string, Slot>();
	let latest = 0;
	let whole: number | null = null;
	const watchers = new Set<() => void>();

	const fresh = ({ run, message }: PlacedMessage): Slot => {
		latest = nextChange();
		return { run, message, changed: latest, grownSince: latest };
	};

	return {
		latest: () => latest,
		isWhole: () => whole !== null,
		knows: (change) => whole !== null && change >= whole && change <= latest,
		slots: () => slots,
		put(run, message) {
			const place = placeOf(run, message);
			const old = slots.get(place);
			if (old !== undefined && isDeepStrictEqual(old.message, message)) return;
			const slot = fresh({ run, message });
			const grownSince = old !== undefined && isGrown(old.message, message) ? old.grownSince : slot.changed;
			slots.set(place, { ...slot, grownSince });
			for (const tell of watchers) tell();
		},
		fill(entries) {
			const posted = slots;
			slots = new Map();
			for (const entry of entries) {
				const place = placeOf(entry.run, entry.message);
				slots.set(place, posted.get(place) ?? fresh(entry));
			}
			for (const [place, slot] of posted) slots.set(place, slot);
			latest = nextChange();
			whole = latest;
		},
		watch(tell) {
			watchers.add(tell);
			return () => void watchers.delete(tell);
		},
		isWatched: () => watchers.size > 0,
	};
}

const placeOf = (run: string | null, { key }: ThreadMessage) => JSON.stringify([run, key]);

function isGrown(old: ThreadMessage, message: ThreadMessage): boolean {
	if (old.type !== 'final' || message.type !== 'final' || !old.streaming) return false;
	if (!message.content.startsWith(old.content)) return false;
	return isDeepStrictEqual({ ...old, content: '' }, { ...message, content: '' });
}
