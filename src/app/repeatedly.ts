import type { Clock } from '../core/clock.ts';

/** Does each piece of work again and again, one at a time, until told to stop. */
export function repeatedly(
	clock: Clock,
	chores: readonly { everyMs: number; work(): Promise<void> }[],
	onProblem: (error: unknown) => void,
): () => void {
	const cancels = new Set<() => void>();
	let stopped = false;
	const plan = (chore: (typeof chores)[number]) => {
		const cancel = clock.after(chore.everyMs, () => {
			cancels.delete(cancel);
			void chore
				.work()
				.catch(onProblem)
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
