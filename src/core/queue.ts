/**
 * Which runs wait for a worker. It carries their ids and nothing else; what there is to do is in the store. So it may lose,
 * delay and repeat: whoever is given a run looks whether it is still to be done, and what was lost is put in again.
 */
export interface Queue {
	/**
	 * Puts a run in. `taken`: how often somebody has taken the run before; while it waits or is worked on under the same
	 * number, it is not put in once more. Rejects when the queue cannot be reached.
	 */
	enqueue(run: string, taken: number): Promise<void>;
	/**
	 * Calls `work`, which must not reject, for what waits, the oldest first, at most `atOnce` (1 or more) at a time. To be
	 * called once.
	 */
	process(atOnce: number, work: (run: string) => Promise<void>): void;
	/** Gives out nothing more; resolves when the work under way has ended. What is put in is kept for others. */
	stop(): Promise<void>;
	/** Stops, and lets go of everything. */
	close(): Promise<void>;
}
