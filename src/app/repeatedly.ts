import type { Clock } from '../core/clock.ts';

/** A piece of work to be done again and again. */
export interface Chore {
	/** Pause (ms) before it is done again. */
	everyMs: number;
	work(): Promise<void>;
}

/**
 * Does each piece of work again and again, one at a time, until told to stop. What goes wrong with one again and again is
 * told once, until it has gone well.
 */
export function repeatedly(clock: Clock, chores: readonly Chore[], onProblem: (error: unknown) => void): () => void {
	const cancels = new Set<() => void>();
	let stopped = false;
	const failing = new Set<Chore>();
	const tell = (chore: Chore) => (error: unknown) => {
		if (!failing.has(chore)) onProblem(error);
		failing.add(chore);
	};
	const plan = (chore: Chore) => {
		const cancel = clock.after(chore.everyMs, () => {
			cancels.delete(cancel);
			void chore
				.work()
				.then(() => void failing.delete(chore), tell(chore))
				.then(() => {
					if (!stopped) plan(chore);
				});
		});
		cancels.add(cancel);
	};
	for (const chore of chores) plan(chore);
	return () => {
		stopped = true;
		for (const cancel of cancels) cancel();
	};
}
