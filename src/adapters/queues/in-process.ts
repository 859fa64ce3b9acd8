import type { Queue } from '../../core/queue.ts';

/** A queue between the parts of one process, for tests. What is in it ends with the process. */
export function createInProcessQueue(): Queue {
	const waiting = new Map<string, string>();
	const underWay = new Map<string, Promise<void>>();
	let most = 0;
	let work: (run: string) => Promise<void> = async () => {};
	let stopped = false;

	const fill = () => {
		for (const [key, run] of waiting) {
			if (stopped || underWay.size >= most) return;
			waiting.delete(key);
			const ended = work(run).finally(() => {
				underWay.delete(key);
				fill();
			});
			underWay.set(key, ended);
		}
	};

	const stop = async () => {
		stopped = true;
		await Promise.allSettled(underWay.values());
	};

	return {
		async enqueue(run, taken) {
			const key = `${run}/${taken}`;
			if (!underWay.has(key)) waiting.set(key, run);
			fill();
		},
		process(atOnce, given) {
			most = atOnce;
			work = given;
			fill();
		},
		stop,
		async close() {
			await stop();
			waiting.clear();
		},
	};
}
