import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Store, StoreChange } from '../core/store.ts';

/** Processes that hold something, by the id of their life; each is written again as long as it lives. */
const HOLDERS = 'holder';

const holderSchema = z.object({
	/** Silence (ms) after which it may be taken for dead. */
	leaseMs: z.number().int().positive(),
	/** The machine and the process; null: not told. */
	home: z.string().nullable(),
});

/** Where a process lives, and how it is known on its own machine that another one has ended. */
export interface Home {
	readonly name: string;
	/** True only when the home is on this machine and the process in it has certainly ended. */
	isDeserted(home: string): boolean;
}

export interface HeartbeatOptions {
	store: Store;
	clock: Clock;
	/** Id of this life of the process. */
	owner: string;
	/** Silence (ms) after which others take over what this process holds. */
	leaseMs: number;
	home: Home | null;
	/** Certainty was lost for a while: finds out what is still ours. */
	verify(): Promise<void>;
}

/**
 * What is known of another holder. `beats` grows with each sign of life; `change` goes into the commit that takes
 * something of it.
 */
export type HolderState = { isGone: false; beats: number } | { isGone: true; change: StoreChange };

/** The sign of life of this process, and those of the others. */
export interface Heartbeat {
	/** Begins with the first call. Resolves when the others can know of this process. */
	begin(): Promise<void>;
	/** Whether nobody can have taken this process for dead. */
	isSure(): boolean;
	/** Resolves when that is so again, after `verify`. Rejects as the store does. */
	sure(): Promise<void>;
	/**
	 * Whether a holder is gone. One that is silent is watched for as long as its lease by this process's own clock, so no
	 * two clocks are ever compared: ask again and again, at least a few times in that time.
	 */
	look(owner: string): Promise<HolderState>;
	/** Lets go of everything at once. */
	close(): Promise<void>;
}

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
	const { store, clock, owner, leaseMs, home } = options;
	const seen = new Map<string, { version: number; since: number; lookedAt: number }>();
	let sureAt = Number.NEGATIVE_INFINITY;
	const waiting: PromiseWithResolvers<void>[] = [];
	let beating: Promise<void> = Promise.resolve();
	let begun: Promise<void> | null = null;
	let cancel = () => {};
	let closed = false;

	const isSure = () => clock.now() - sureAt < leaseMs;

	const beat = async (): Promise<void> => {
		const at = clock.now();
		const value = { leaseMs, home: home?.name ?? null };
		await store.commit([{ type: 'put', kind: HOLDERS, key: owner, value }]);
		// It may have come too late, however early it was begun.
		if (!isSure()) await options.verify();
		sureAt = at;
		if (isSure()) for (const one of waiting.splice(0)) one.resolve();
	};

	/** A store that is away says so itself; who waits for certainty hears of it, too. */
	const failed = (thrown: unknown) => {
		for (const one of waiting.splice(0)) one.reject(thrown);
	};

	const plan = () => {
		if (closed) return;
		cancel = clock.after(Math.ceil(leaseMs / 3), () => {
			beating = beat().catch(failed);
			void beating.then(plan);
		});
	};

	return {
		begin() {
			begun ??= beat().then(plan);
			begun.catch(() => {
				begun = null;
			});
			return begun;
		},
		isSure,
		async sure() {
			if (isSure()) return;
			const one = Promise.withResolvers<void>();
			waiting.push(one);
			await one.promise;
		},
		async look(other) {
			const found = await store.get(HOLDERS, other);
			const record = holderSchema.safeParse(found?.value).data;
			if (found === null || record === undefined) {
				seen.delete(other);
				return { isGone: true, change: { type: 'check', kind: HOLDERS, key: other, version: found?.version ?? 0 } };
			}
			const { version } = found;
			const now = clock.now();
			const before = seen.get(other);
			// Who has not looked for long, or could not, has not seen whether it was silent.
			const isSame = before?.version === version && now - before.lookedAt < record.leaseMs;
			const since = isSame ? before.since : now;
			seen.set(other, { version, since, lookedAt: now });
			const isDeserted = record.home !== null && home?.isDeserted(record.home) === true;
			if (!isDeserted && now - since < record.leaseMs) return { isGone: false, beats: version };
			// It must not have given a sign of life in between; what else it holds is free from then on.
			return { isGone: true, change: { type: 'delete', kind: HOLDERS, key: other, version } };
		},
		async close() {
			if (closed) return;
			closed = true;
			cancel();
			await begun?.catch(() => {});
			await beating;
			sureAt = Number.NEGATIVE_INFINITY;
			if (begun !== null) await store.commit([{ type: 'delete', kind: HOLDERS, key: owner }]);
		},
	};
}
