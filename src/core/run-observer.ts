import type { RunEvent } from './run-event.ts';

/** Reads what happens in the runs of this process. Nothing in it throws. */
export interface RunObserver {
	/** `isOld`: it happened before this process took the run up, and is told again. */
	observe(event: RunEvent, isOld?: boolean): void;
	/** This process holds the run no longer, which has not finished. */
	left(run: string): void;
}
