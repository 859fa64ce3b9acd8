import type { Broadcast } from '../core/broadcast.ts';
import type { Clock } from '../core/clock.ts';
import { isRunHeld } from '../core/errors.ts';
import type { Queue } from '../core/queue.ts';
import { allRecords, type Store } from '../core/store.ts';
import { DISPATCHES, readDispatch } from './dispatch-record.ts';
import { wordsOf } from './followed-runs.ts';
import type { Leases } from './leases.ts';
import { triesOf } from './poison.ts';
import type { Runs } from './runs.ts';

export interface WorkerOptions {
	store: Store;
	clock: Clock;
	runs: Runs;
	leases: Leases;
	queue: Queue;
	words: Broadcast;
	/** Runs at a time. */
	atOnce: number;
	/** Whether runs that go on suffer already: then others are left to other workers, and wait while there are none. */
	isStrained(): boolean;
	/** A run could not be taken up; it is tried again. */
	onRefused(run: string, error: unknown): void;
	/** A run had to be left because its journal could not be written. */
	onLost(run: string, error: unknown): void;
	/** A run has ended. */
	onEnded(run: string): void;
}

/** Does the runs that other processes open. */
export interface Worker {
	/** Begins to take runs. */
	begin(): void;
	/**
	 * Puts into the queue what nobody who lives works on: what the queue has lost, and what a worker that died has left. To
	 * be called every few seconds.
	 */
	reconcile(): Promise<void>;
	/** Takes nothing more, and leaves what is under way where its journal is. */
	suspend(): Promise<void>;
	/** Hands over to others what was left, at once. */
	handOver(): Promise<void>;
}

/** Wait (ms) before a run that could not be taken up is tried again; doubled with each try, up to the longest. */
const RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 600_000;

export function createWorker(options: WorkerOptions): Worker {
	const { store, clock, runs, leases, queue, words } = options;
	const failures = new Map<string, { count: number; until: number }>();
	const taking = new Set<string>();
	/** Those that are held. */
	const underWay = new Set<string>();
	const left = new Set<string>();
	let closing = false;

	/** Workers with the same fault must not use up a run's tries in a moment: each waits by the tries of all. */
	const failed = async (run: string, error: unknown) => {
		const own = failures.get(run)?.count ?? 0;
		const count = Math.max(own + 1, await triesOf(store, run).catch(() => 0));
		failures.set(run, { count, until: clock.now() + Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (count - 1)) });
		if (own === 0) options.onRefused(run, error);
	};

	/** Another worker may put it into the queue before. */
	const isLater = (run: string) => (failures.get(run)?.until ?? 0) > clock.now();

	/** One goes on always, or a machine that is slow by itself would never answer. */
	const isFull = () => runs.working() + taking.size > 0 && options.isStrained();

	/** Resolves when nothing is done for it here any more, or it waits for people, who may take days. */
	const takeUp = async (run: string): Promise<void> => {
		const work = await readDispatch(store, run);
		if (work === null || !(await leases.isFree(run))) return;
		let end = () => {};
		const idle = Promise.withResolvers<void>();
		const live = await runs.resume(run, {
			canAsk: work.canAsk,
			held: (lease) => {
				end = lease.end;
			},
			idle: idle.resolve,
			publish(event) {
				if (!('seq' in event)) words.say(wordsOf(run), event);
			},
		});
		failures.delete(run);
		underWay.add(run);
		const over = live.done
			.then((how) => (how === 'finished' ? options.onEnded(run) : undefined))
			.catch((error: unknown) => options.onLost(run, error))
			.finally(() => {
				underWay.delete(run);
				end();
			});
		await Promise.race([over, idle.promise]);
	};

	/** Never rejects. */
	const work = async (run: string): Promise<void> => {
		if (closing || isFull() || isLater(run) || underWay.has(run) || taking.has(run)) return;
		taking.add(run);
		try {
			await takeUp(run);
		} catch (error) {
			// Somebody else was faster, or it is to be tried alone; reconciliation finds it again.
			if (!isRunHeld(error)) await failed(run, error);
		} finally {
			taking.delete(run);
		}
	};

	/** What cannot be put in now is put in by the next reconciliation. */
	const enqueue = async (run: string) => queue.enqueue(run, await leases.taken(run)).catch(() => {});

	return {
		begin: () => queue.process(options.atOnce, work),
		async reconcile() {
			if (closing || isFull()) return;
			for await (const { key: run } of allRecords(store, DISPATCHES)) {
				if (!closing && !isLater(run) && !underWay.has(run) && (await leases.isFree(run))) await enqueue(run);
			}
		},
		async suspend() {
			closing = true;
			for (const run of underWay) left.add(run);
			await Promise.all([queue.stop(), runs.close()]);
		},
		async handOver() {
			await leases.close();
			for (const run of left) if ((await runs.record(run))?.status === 'running') await enqueue(run);
		},
	};
}
