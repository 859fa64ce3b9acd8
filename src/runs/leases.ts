import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { BotError, isStoreConflict } from '../core/errors.ts';
import type { Lease } from '../core/lease.ts';
import { isCommitted, type Store, type StoreChange } from '../core/store.ts';
import { createHeartbeat, type Heartbeat, type HolderState, type Home } from './heartbeat.ts';

/** Who holds what, by run. The version of the record is the fencing token: it grows with each taker. */
const LEASES = 'lease';

/** How often it is looked, in the time of a lease, whether a holder lives. */
const LOOKS = 6;

const leaseSchema = z.object({ owner: z.string() });

/** What processes hold, and how one takes over from another that is gone. */
export interface Leases {
	/** Whether other processes may work on the same runs. */
	readonly shared: boolean;
	/** For something that nobody has had: `change` makes the lease, in the commit that makes what is held. */
	open(key: string): Promise<{ change: StoreChange; opened(token: number): Lease }>;
	/**
	 * Takes what nobody who lives has; throws `run_held` when somebody has. While it is not known, it is waited for a sign of
	 * life, for one lease at the most. `also` is committed with it or not at all.
	 */
	take(key: string, also?: readonly StoreChange[]): Promise<Lease>;
	/** Nothing was begun under it, and others may take it at once. */
	giveBack(key: string, lease: Lease): Promise<void>;
	/** Takes it, whoever has it. */
	seize(key: string): Promise<Lease>;
	/** Whether `take` may succeed. Asked again and again it finds out who is gone. */
	isFree(key: string): Promise<boolean>;
	/** How often it was taken so far. */
	taken(key: string): Promise<number>;
	/** Lets others take everything at once. */
	close(): Promise<void>;
}

export interface LeasesOptions {
	store: Store;
	clock: Clock;
	/** Null: no other process can be at the store, so what an earlier life held is free. */
	shared: {
		/** Silence (ms) after which a process is taken for dead. */
		leaseMs: number;
		home: Home | null;
	} | null;
}

export function createLeases({ store, clock, shared }: LeasesOptions): Leases {
	const owner = randomBytes(8).toString('hex');
	const held = new Set<HeldLease>();
	const verify = async () => void (await Promise.all([...held].map((lease) => lease.look())));
	const heartbeat = shared === null ? null : createHeartbeat({ store, clock, owner, ...shared, verify });

	const leaseOf = (key: string, token: number): Lease => {
		const lease = createLease({ store, key, token, heartbeat, onEnd: () => held.delete(lease) });
		held.add(lease);
		return lease;
	};

	const stateOf = async (by: string | null): Promise<HolderState | null> =>
		heartbeat === null || by === null || by === owner ? null : heartbeat.look(by);

	/** The changes that must hold for a lease to be taken. Throws `run_held` once its holder has given a sign of life. */
	const freed = async (key: string, by: string | null): Promise<StoreChange[]> => {
		let first: number | null = null;
		for (;;) {
			const state = await stateOf(by);
			if (state === null) return [];
			if (state.isGone) return [state.change];
			first ??= state.beats;
			if (state.beats !== first) throw heldError(key);
			await new Promise<void>((resolve) => void clock.after((shared?.leaseMs ?? 0) / LOOKS, resolve));
		}
	};

	const taking = (key: string): StoreChange & { type: 'put' } => ({ type: 'put', kind: LEASES, key, value: { owner } });

	const find = async (key: string) => {
		const found = await store.get(LEASES, key);
		return { version: found?.version ?? 0, by: leaseSchema.safeParse(found?.value).data?.owner ?? null };
	};

	return {
		shared: shared !== null,
		async open(key) {
			await heartbeat?.begin();
			return { change: { ...taking(key), version: 0 }, opened: (token) => leaseOf(key, token) };
		},
		async take(key, also = []) {
			await heartbeat?.begin();
			const { version, by } = await find(key);
			const free = await freed(key, by);
			let token = 0;
			const isTaken = await isCommitted(async () => {
				token = (await store.commit([{ ...taking(key), version }, ...free, ...also]))[0] ?? 0;
			});
			if (!isTaken) throw heldError(key);
			return leaseOf(key, token);
		},
		async giveBack(key, lease) {
			lease.end();
			await store.commit([lease.check, { type: 'put', kind: LEASES, key, value: {} }]);
		},
		async seize(key) {
			await heartbeat?.begin();
			return leaseOf(key, (await store.commit([taking(key)]))[0] ?? 0);
		},
		isFree: async (key) => (await stateOf((await find(key)).by))?.isGone !== false,
		taken: async (key) => (await find(key)).version,
		close: async () => heartbeat?.close(),
	};
}

interface HeldLease extends Lease {
	/** Finds out whether it is still ours. */
	look(): Promise<void>;
}

interface HeldLeaseOptions {
	store: Store;
	key: string;
	token: number;
	heartbeat: Heartbeat | null;
	onEnd(): void;
}

function createLease({ store, key, token, heartbeat, onEnd }: HeldLeaseOptions): HeldLease {
	const listeners: (() => void)[] = [];
	let lost = false;
	const lose = () => {
		if (lost) return;
		lost = true;
		onEnd();
		for (const tell of listeners.splice(0)) tell();
	};
	const look = async () => {
		const found = await store.get(LEASES, key);
		if (found?.version !== token) lose();
	};
	return {
		check: { type: 'check', kind: LEASES, key, version: token },
		isHeld: () => !lost && (heartbeat?.isSure() ?? true),
		isLost: () => lost,
		async certain() {
			if (!lost) await heartbeat?.sure();
			if (lost) throw lostError(key);
		},
		async explain(thrown) {
			if (isStoreConflict(thrown)) await look();
			return lost ? lostError(key) : thrown;
		},
		onLost: (tell) => void listeners.push(tell),
		look,
		end: onEnd,
	};
}

/** The change after which nobody has had it. */
export const leaseForgotten = (key: string): StoreChange => ({ type: 'delete', kind: LEASES, key });

const lostError = (key: string) => new BotError('lease_lost', `another process has taken ${key} over`);

function heldError(key: string): BotError {
	return new BotError('run_held', `${key} is held by another process`, {
		userMessage:
			'Another process that works with the same Redis has this run, and goes on with it. End that process first, or wait for the run.',
	});
}
