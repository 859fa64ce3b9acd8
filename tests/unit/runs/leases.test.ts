import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { Store } from '../../../src/core/store.ts';
import type { Home } from '../../../src/runs/heartbeat.ts';
import { createLeases, type Leases } from '../../../src/runs/leases.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const LEASE_MS = 9_000;

/** Processes at one store, all by one clock. */
function world() {
	const kept = createMemoryStore();
	const clock = createManualClock();
	const process = (options: { home?: Home | null; store?: Store } = {}) => {
		const { home = null, store = kept } = options;
		return createLeases({ store, clock, shared: { leaseMs: LEASE_MS, home } });
	};
	/** A process that stops like one that is paused or cut off: its store answers when it is let go. */
	const pausable = () => {
		let gate: PromiseWithResolvers<void> | null = null;
		const store: Store = {
			...kept,
			commit: async (changes) => {
				await gate?.promise;
				return kept.commit(changes);
			},
		};
		const pause = () => {
			gate = Promise.withResolvers();
		};
		const resume = () => {
			gate?.resolve();
			gate = null;
		};
		return { leases: process({ store }), pause, resume };
	};
	/** Looks as often as a process does, for so long (ms). */
	const watch = async (leases: Leases, key: string, ms: number) => {
		for (let passed = 0; passed < ms; passed += LEASE_MS / 9) {
			await leases.isFree(key);
			await clock.advance(LEASE_MS / 9);
		}
		return leases.isFree(key);
	};
	return { store: kept, clock, process, pausable, watch };
}

describe('a lease', () => {
	it('stays with a process that gives signs of life, however long another one watches', async () => {
		const { process, watch, clock } = world();
		const [mine, other] = [process(), process()];
		const lease = await mine.take('run');
		expect(await watch(other, 'run', 10 * LEASE_MS)).toBe(false);
		const refused = expect(other.take('run')).rejects.toMatchObject({ code: 'run_held' });
		await clock.advance(LEASE_MS / 2);
		await refused;
		expect([lease.isHeld(), lease.isLost()]).toEqual([true, false]);
	});

	it('is taken from one that was silent for the whole lease while it was watched, and not before', async () => {
		const { process, pausable, watch, clock, store } = world();
		const { leases, pause, resume } = pausable();
		const lease = await leases.take('run');
		pause();
		// Nobody has watched yet, so nobody knows how long it has been silent.
		await clock.advance(5 * LEASE_MS);
		const other = process();
		expect(await other.isFree('run')).toBe(false);
		expect(await watch(other, 'run', LEASE_MS - 1_000)).toBe(false);
		expect(await watch(other, 'run', 1_000)).toBe(true);
		const taken = await other.take('run');
		expect(lease.isHeld()).toBe(false);
		let told = 0;
		lease.onLost(() => {
			told += 1;
		});
		await expect(store.commit([lease.check])).rejects.toMatchObject({ code: 'store_conflict' });
		await store.commit([taken.check]);
		resume();
		// It must not believe the sign of life that it gave too late.
		const certain = expect(lease.certain()).rejects.toMatchObject({ code: 'lease_lost' });
		await clock.advance(LEASE_MS / 3);
		await certain;
		expect([lease.isHeld(), lease.isLost(), told]).toEqual([false, true, 1]);
	});

	it('is waited for by whoever wants to have it, until it is known whether its holder lives', async () => {
		const { process, pausable, clock } = world();
		const { leases, pause } = pausable();
		await leases.take('run');
		pause();
		const taken = process().take('run');
		await clock.advance(2 * LEASE_MS);
		expect((await taken).isHeld()).toBe(true);
	});

	it('is certain again for one that was silent when nobody has taken it', async () => {
		const { pausable, clock } = world();
		const { leases, pause, resume } = pausable();
		const lease = await leases.take('run');
		pause();
		await clock.advance(2 * LEASE_MS);
		expect(lease.isHeld()).toBe(false);
		const certain = lease.certain();
		resume();
		await clock.advance(LEASE_MS);
		await certain;
		expect(lease.isHeld()).toBe(true);
	});

	it('is not taken when its holder gives a sign of life in the last moment', async () => {
		const { process, pausable, watch, clock, store } = world();
		const { leases, pause, resume } = pausable();
		await leases.take('run');
		pause();
		// Between what is looked up and what is written.
		const late: Store = {
			...store,
			async commit(changes) {
				if (changes.some((change) => change.type === 'delete' && change.kind === 'holder')) {
					resume();
					await clock.advance(LEASE_MS);
				}
				return store.commit(changes);
			},
		};
		const other = process({ store: late });
		expect(await watch(other, 'run', LEASE_MS)).toBe(true);
		await expect(other.take('run')).rejects.toMatchObject({ code: 'run_held' });
	});

	it('is taken by one of two that find it free', async () => {
		const { process } = world();
		const first = process();
		await first.take('run');
		await first.close();
		const both = await Promise.allSettled([process().take('run'), process().take('run')]);
		expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
	});

	it('is free at once when its process has let go, or has ended on the same machine', async () => {
		const { process } = world();
		const ended = new Set<string>();
		const homeOf = (name: string): Home => ({ name, isDeserted: (home) => ended.has(home) });
		const leaving = process();
		await leaving.take('a');
		await leaving.close();
		const killed = process({ home: homeOf('machine 7') });
		await killed.take('b');
		const other = process({ home: homeOf('machine 8') });
		expect(await other.isFree('b')).toBe(false);
		ended.add('machine 7');
		expect([await other.isFree('a'), await other.isFree('b')]).toEqual([true, true]);
		await other.take('b');
		// What else the killed one held is free for those, too, who are on another machine.
		expect(await process().isFree('b')).toBe(false);
	});

	it('costs a process that is alone at its store nothing beside the lease', async () => {
		const store = createMemoryStore();
		const clock = createManualClock();
		const earlier = createLeases({ store, clock, shared: null });
		const lease = await earlier.take('run');
		const later = createLeases({ store, clock, shared: null });
		await later.take('run');
		expect([clock.pending(), await store.list('holder', { limit: 1 })]).toEqual([0, []]);
		expect(await lease.explain(await store.commit([lease.check]).catch((thrown: unknown) => thrown))).toMatchObject({
			code: 'lease_lost',
		});
	});
});
