import { type Clock, endable } from '../../src/core/clock.ts';
import { BotError } from '../../src/core/errors.ts';
import type { Store } from '../../src/core/store.ts';

/** A process's end at its n-th commit: before it reached the store, or after it was made and before anybody knew. */
export interface Death {
	commit: number;
	when: 'before' | 'after';
}

/** How often (ms), and how many times, the store must be found with nothing to do before a time that has come is told. */
const LOOK_MS = 1;
const QUIET_LOOKS = 4;

/**
 * What a process that may die at once has of the world: a store and a clock, both silent from its death on. What waits for
 * a time comes after everything that was on its way to the store before, however busy the machine is.
 */
export interface Mortal {
	store: Store;
	clock: Clock;
	/** Resolves when the process is dead. */
	readonly died: Promise<void>;
	/** Commits so far. */
	commits(): number;
	/** Lets what a dead process still waits for fail, so that it can be closed. */
	bury(): void;
}

/** `death` null: it lives on. */
export function createMortal(disk: Store, time: Clock, death: Death | null): Mortal {
	const grave = Promise.withResolvers<never>();
	grave.promise.catch(() => {});
	const last = Promise.withResolvers<void>();
	const { clock, end } = endable(time);
	let isDead = false;
	let commits = 0;
	/** Requests of the store that are on their way, and how many there were. */
	const asked = { now: 0, ever: 0 };
	const die = () => {
		isDead = true;
		end();
		last.resolve();
		return grave.promise;
	};
	const alive = async <Result>(work: () => Promise<Result>): Promise<Result> => {
		if (isDead) return grave.promise;
		asked.now += 1;
		asked.ever += 1;
		const result = await work().finally(() => {
			asked.now -= 1;
		});
		return isDead ? grave.promise : result;
	};
	/** Resolves when the store has had nothing to do for a moment. */
	const quiet = async () => {
		for (let looks = 0, seen = -1; looks < QUIET_LOOKS; looks += 1) {
			if (asked.now > 0 || asked.ever !== seen) looks = 0;
			seen = asked.ever;
			await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
		}
	};
	const store: Store = {
		...disk,
		get: (kind, key) => alive(() => disk.get(kind, key)),
		list: (kind, options) => alive(() => disk.list(kind, options)),
		read: (log, options) => alive(() => disk.read(log, options)),
		async commit(changes) {
			if (isDead) return grave.promise;
			commits += 1;
			const isLast = commits === death?.commit;
			if (isLast && death?.when === 'before') return die();
			const made = await alive(() => disk.commit(changes));
			return isLast ? die() : made;
		},
		// The disk outlives the process.
		close: async () => {},
	};
	return {
		store,
		clock: {
			now: clock.now,
			after(ms, fire) {
				let isCancelled = false;
				const cancel = clock.after(ms, () => void quiet().then(() => isCancelled || isDead || fire()));
				return () => {
					isCancelled = true;
					cancel();
				};
			},
		},
		died: last.promise,
		commits: () => commits,
		bury: () => grave.reject(new BotError('store_failed', 'the process has died')),
	};
}
