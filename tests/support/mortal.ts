import { BotError } from '../../src/core/errors.ts';
import { type Clock, endable } from '../../src/core/clock.ts';
import type { Store } from '../../src/core/store.ts';

/** A process's end at its n-th commit: before it reached the store, or after it was made and before anybody knew. */
export interface Death {
	commit: number;
	when: 'before' | 'after';
}

/** What a process that may die at once has of the world: a store and a clock, both silent from its death on. */
export interface Mortal {
	store: Store;
	clock: Clock;
	/** Resolves when the process is dead. */
	readonly died: Promise<void>;
	/** Commits so far. */
	commits(): number;
	/** Whether nothing is asked of the store at this moment. */
	isQuiet(): boolean;
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
	let asked = 0;
	const die = () => {
		isDead = true;
		end();
		last.resolve();
		return grave.promise;
	};
	const alive = async <Result>(work: () => Promise<Result>): Promise<Result> => {
		if (isDead) return grave.promise;
		asked += 1;
		const result = await work().finally(() => {
			asked -= 1;
		});
		return isDead ? grave.promise : result;
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
		clock,
		died: last.promise,
		commits: () => commits,
		isQuiet: () => asked === 0,
		bury: () => grave.reject(new BotError('store_failed', 'the process has died')),
	};
}
