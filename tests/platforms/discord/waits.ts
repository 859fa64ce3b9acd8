/** Lets a test wait for a state without looking again and again: whatever changes something calls `changed`. */
export interface Waits {
	changed(): void;
	/** Resolves with what `find` returns as soon as that is neither null, undefined nor false; `what` names it in the error. */
	until<T>(what: string, find: () => T | null | undefined | false): Promise<T>;
	/** Rejects everything that still waits. */
	close(): void;
}

interface Waiting {
	look(): boolean;
	giveUp(): void;
}

export function createWaits(): Waits {
	const waiting = new Set<Waiting>();
	return {
		changed() {
			for (const one of waiting) if (one.look()) waiting.delete(one);
		},
		until<T>(what: string, find: () => T | null | undefined | false) {
			return new Promise<T>((resolve, reject) => {
				const look = () => {
					try {
						const found = find();
						if (found === null || found === undefined || found === false) return false;
						resolve(found);
					} catch (error) {
						reject(error);
					}
					return true;
				};
				if (look()) return;
				waiting.add({
					look,
					giveUp: () => reject(new Error(`the fake Discord was closed while a test waited for ${what}`)),
				});
			});
		},
		close() {
			for (const one of waiting) one.giveUp();
			waiting.clear();
		},
	};
}
