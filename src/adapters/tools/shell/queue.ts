/** Lets so many pieces of work run at a time; the others wait for their turn. */
export interface Queue {
	/** Rejects with the signal's reason when that aborts before the turn has come. */
	wait<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
}

export function createQueue(places: number): Queue {
	const waiting: (() => void)[] = [];
	let free = places;
	const enter = (signal: AbortSignal) =>
		new Promise<void>((resolve, reject) => {
			if (signal.aborted) return reject(signal.reason);
			if (free > 0) {
				free -= 1;
				return resolve();
			}
			const leave = () => {
				waiting.splice(waiting.indexOf(go), 1);
				reject(signal.reason);
			};
			const go = () => {
				signal.removeEventListener('abort', leave);
				resolve();
			};
			signal.addEventListener('abort', leave, { once: true });
			waiting.push(go);
		});
	return {
		async wait(work, signal) {
			await enter(signal);
			try {
				return await work();
			} finally {
				const next = waiting.shift();
				if (next === undefined) free += 1;
				else next();
			}
		},
	};
}
