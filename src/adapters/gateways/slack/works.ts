/** Work that goes on after what asked for it has been acknowledged. */
export interface Works {
	/** Begins `work`; what goes wrong is told, never thrown. */
	later(work: () => Promise<void>): void;
	/** Resolves when nothing is going on any more. */
	settled(): Promise<void>;
}

export function createWorks(onProblem: (error: unknown) => void): Works {
	const going = new Set<Promise<void>>();
	return {
		later(work) {
			const done = work()
				.catch(onProblem)
				.finally(() => going.delete(done));
			going.add(done);
		},
		async settled() {
			while (going.size > 0) await Promise.all(going);
		},
	};
}
