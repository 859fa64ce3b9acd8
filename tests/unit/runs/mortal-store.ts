import type { Clock } from '../../../src/core/clock.ts';
import type { Store } from '../../../src/core/store.ts';

/** A process's end at its n-th commit: before it was made, or after it was made and before anybody knew. */
export interface Death {
	commit: number;
	when: 'before' | 'after';
}

export interface MortalStore extends Store {
	/** Resolves when the process is dead. */
	readonly died: Promise<void>;
}

export interface Life {
	death: Death | null;
	/**
	 * Milliseconds from a commit's making to the word that it was made, over and over. Commits are made in the
	 * order of their calls; the word of them may come in any order.
	 */
	lags: readonly number[];
	clock: Clock;
}

/** A disk as one process knows it. What is asked of it after the process's death never comes back. */
export function mortalStore(disk: Store, { death, lags, clock }: Life): MortalStore {
	const { promise: died, resolve } = Promise.withResolvers<void>();
	const never = new Promise<never>(() => {});
	let commits = 0;
	return {
		...disk,
		died,
		async commit(changes) {
			commits += 1;
			const lag = lags[commits % lags.length] ?? 0;
			const isLast = commits === death?.commit;
			if (death !== null && (commits > death.commit || (isLast && death.when === 'before'))) {
				resolve();
				return never;
			}
			const made = await disk.commit(changes);
			if (isLast) {
				resolve();
				return never;
			}
			if (lag > 0) await new Promise<void>((told) => clock.after(lag, told));
			return made;
		},
	};
}
