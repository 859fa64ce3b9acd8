import type { Worker } from 'bullmq';
import type { Queue } from '../../core/queue.ts';

/** The only queue there is. */
const NAME = 'runs';
/** Work (ms) that nobody has said a word of for so long is given to another worker. */
const SILENCE_MS = 15_000;
const LOOK_MS = 5_000;
/** Whether work is to be done again is decided by the store, not by how often it was tried. */
const MOST_STALLS = 1_000_000;

export interface BullmqOptions {
	/** Of Redis. May hold a secret. */
	url: string;
	/** Names of keys begin with it and `-queue:`, apart from those of the store. */
	prefix: string;
	/** Told when something goes wrong that loses no run. */
	onProblem(error: unknown): void;
}

/** Runs wait in Redis, over BullMQ. Connects with the first call; an outage is waited for. */
export async function createBullmqQueue({ url, prefix, onProblem }: BullmqOptions): Promise<Queue> {
	const { Queue: Jobs, Worker: JobWorker } = await import('bullmq');
	const { Redis } = await import('ioredis');
	const shared = { prefix: `${prefix}-queue` };
	/** The store tells of outages. */
	const connect = (settings: { maxRetriesPerRequest: number | null; enableOfflineQueue: boolean }) =>
		new Redis(url, settings).on('error', () => {});
	const asking = connect({ maxRetriesPerRequest: 1, enableOfflineQueue: true });
	const jobs = new Jobs<{ run: string }>(NAME, { ...shared, connection: asking });
	jobs.on('error', () => {});
	let worker: Worker<{ run: string }> | null = null;
	let taking: ReturnType<typeof connect> | null = null;

	const stop = async () => void (await worker?.close());

	return {
		async enqueue(run, taken) {
			const options = { jobId: `run-${run}-${taken}`, removeOnComplete: true, removeOnFail: true };
			await jobs.add(NAME, { run }, options);
		},
		process(atOnce, work) {
			taking = connect({ maxRetriesPerRequest: null, enableOfflineQueue: true });
			worker = new JobWorker<{ run: string }>(NAME, ({ data }) => work(data.run), {
				...{ ...shared, connection: taking, concurrency: atOnce },
				...{ lockDuration: SILENCE_MS, stalledInterval: LOOK_MS, maxStalledCount: MOST_STALLS },
			});
			// A lock that was lost, for one: whoever has the job now finds out that there is nothing to do.
			worker.on('error', () => {});
			worker.on('failed', (_, error) => onProblem(error));
		},
		stop,
		async close() {
			await stop();
			await jobs.close();
			asking.disconnect();
			taking?.disconnect();
		},
	};
}
