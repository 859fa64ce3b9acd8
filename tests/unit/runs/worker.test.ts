import { describe, expect, it } from 'vitest';
import { createInProcessQueue } from '../../../src/adapters/queues/in-process.ts';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { Agent } from '../../../src/core/agent.ts';
import type { Approvals } from '../../../src/core/gate.ts';
import type { Queue } from '../../../src/core/queue.ts';
import { plainShowing } from '../../../src/core/run.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import type { Store } from '../../../src/core/store.ts';
import { createFollowedRuns } from '../../../src/runs/followed-runs.ts';
import { createLeases } from '../../../src/runs/leases.ts';
import { createRuns } from '../../../src/runs/runs.ts';
import { createUntakenWatch } from '../../../src/runs/untaken.ts';
import { createWorker } from '../../../src/runs/worker.ts';
import { worked } from '../../contracts/queue-contract.ts';
import { actingAgent, hang, ordinaryAct, ordinaryOutcome } from '../../support/acting-agent.ts';
import { approvalItem, approvalOf } from '../../support/approvals.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { noApprovals } from '../../support/no-approvals.ts';
import { plainAudit } from '../../support/plain-audit.ts';
import { teamOf } from '../../support/run-world.ts';
import { sayings } from '../../support/sayings.ts';

const LEASE_MS = 9_000;

/** Whatever is asked waits. */
const asking: Approvals = {
	...noApprovals,
	request: async ({ run }) => ({ approval: approvalOf({ run }), changes: [], rows: [] }),
};

/** A gateway and workers at one store, in one process and by one clock. */
function world() {
	const store = createMemoryStore();
	const clock = createManualClock();
	const words = sayings();
	const queue = createInProcessQueue();
	const leasesAt = (own: Store) => createLeases({ store: own, clock, shared: { leaseMs: LEASE_MS, home: null } });
	const events: RunEvent[] = [];
	const shownBy = leasesAt(store);
	const gateway = createFollowedRuns({
		...{ store, clock, words, random: () => 0.999, leases: shownBy },
		onOpened: (run) => void queue.enqueue(run, 0),
	});
	const audience = { canAsk: true, publish: (event: RunEvent) => void events.push(event) };
	let asked = 0;
	const ask = (ids: readonly string[] = ['a', 'b']) => {
		asked += 1;
		const about = { session: 'test:t:c:1', question: 'Why?', retryOf: null, history: [], digest: null };
		const none = { showing: plainShowing, attachments: [], requester: null, files: null };
		return gateway.start({ id: `run-${asked}`, ...about, ...none, team: teamOf(ids) }, audience);
	};
	/** `cut`: from then on what it writes does not reach the store, until `mend`. */
	const worker = (agentsOf: () => Promise<readonly Agent[]>, own: Queue = queue, atOnce = 10) => {
		const refused: unknown[] = [];
		const ended: string[] = [];
		let strained = false;
		let away: PromiseWithResolvers<void> | null = null;
		const reached: Store = {
			...store,
			async commit(changes) {
				await away?.promise;
				return store.commit(changes);
			},
		};
		const leases = leasesAt(reached);
		const runs = createRuns({
			...{ approvals: asking, audit: plainAudit(reached), store: reached, clock, random: () => 0.999, leases },
			agentsOf: async () => new Map((await agentsOf()).map((agent) => [agent.id, agent])),
		});
		const made = createWorker({
			...{ store: reached, clock, runs, leases, queue: own, words, atOnce },
			onRefused: (_, error) => void refused.push(error),
			onLost: (_, error) => void refused.push(error),
			onEnded: (run) => void ended.push(run),
			isStrained: () => strained,
		});
		made.begin();
		return {
			...made,
			refused,
			ended,
			strain: (is: boolean) => {
				strained = is;
			},
			cut: () => {
				away = Promise.withResolvers();
			},
			mend: () => away?.resolve(),
		};
	};
	const of = <Type extends RunEvent['type']>(type: Type) =>
		events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
	return { store, clock, queue, gateway, events, audience, ask, worker, of, leasesAt, shownBy };
}

const ordinary = async () => ['a', 'b'].map((id) => actingAgent(id, ordinaryAct(id)));
const stuck = async () => [actingAgent('a', (_, signal) => hang(signal))];
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('runs that one process opens and another does', () => {
	it('are told as if one process did both, what passes included', async () => {
		const on = world();
		on.worker(async () => [
			actingAgent('a', async function* (its) {
				yield { type: 'text_delta', text: `I am at ${its.kind}.` };
				yield ordinaryOutcome(its, 'a');
			}),
		]);
		const run = await on.ask(['a']);
		expect(await run.done).toBe('finished');
		const lasting = on.events.filter((event) => 'seq' in event);
		expect(lasting).toEqual(await on.gateway.events(run.id));
		expect(lasting.map((event) => 'seq' in event && event.seq)).toEqual(lasting.map((_, index) => index + 1));
		expect(on.of('run_resumed')).toMatchObject([{ begins: true }]);
		expect(on.of('text_delta').map(({ text }) => text)).toContain('I am at answer.');
		expect(await on.store.list('dispatch', { limit: 1 })).toEqual([]);
	});

	it('hear of a stop, also when another worker takes the run before it was heard', async () => {
		const on = world();
		const run = await on.ask(['a']);
		expect(await run.signal({ type: 'cancel', by: 'ada' })).toBe(true);
		on.worker(stuck);
		expect(await run.done).toBe('finished');
		expect(on.of('run_finished')[0]).toMatchObject({ outcome: 'stopped' });
		expect(await on.gateway.signal(run.id, { type: 'cancel', by: 'ada' })).toBe(false);
	});

	it('are done once, however often the queue repeats them', async () => {
		const on = world();
		let turns = 0;
		const agents = async () => [
			actingAgent('a', async function* (its) {
				turns += its.kind === 'answer' ? 1 : 0;
				yield ordinaryOutcome(its, 'a');
			}),
		];
		on.worker(agents);
		const run = await on.ask(['a']);
		for (let times = 0; times < 5; times += 1) await on.queue.enqueue(run.id, times);
		await run.done;
		await on.queue.enqueue(run.id, 9);
		await turn();
		expect([turns, on.of('run_resumed').length]).toEqual([1, 1]);
	});

	it('are put in again when the queue has lost them', async () => {
		const on = world();
		const run = await on.ask();
		const empty = createInProcessQueue();
		const worker = on.worker(ordinary, empty);
		await turn();
		expect(on.of('run_resumed')).toEqual([]);
		await worker.reconcile();
		expect(await run.done).toBe('finished');
	});

	it('go on at another worker when the one that has them is cut off, which then writes nothing', async () => {
		const on = world();
		const [one, other] = [createInProcessQueue(), createInProcessQueue()];
		const late = Promise.withResolvers<void>();
		const first = on.worker(async () => {
			return [
				actingAgent('a', async function* (its) {
					await late.promise;
					yield ordinaryOutcome(its, 'a');
				}),
			];
		}, one);
		const run = await on.ask(['a']);
		await one.enqueue(run.id, 0);
		while (on.of('run_resumed').length === 0) await turn();
		first.cut();
		late.resolve();
		const second = on.worker(ordinary, other);
		for (let passed = 0; passed <= LEASE_MS; passed += 1_000) {
			expect(on.of('run_resumed')).toHaveLength(1);
			await second.reconcile();
			await on.clock.advance(1_000);
		}
		expect(await run.done).toBe('finished');
		const told = await on.gateway.events(run.id);
		first.mend();
		// It ends its work on the run without a word.
		await one.stop();
		expect(await on.gateway.events(run.id)).toEqual(told);
		expect(on.of('run_resumed').map(({ begins = false }) => begins)).toEqual([true, false]);
		expect(first.refused).toEqual([]);
	});

	it('are handed over at once by a worker that is told to end', async () => {
		const on = world();
		const [one, other] = [createInProcessQueue(), createInProcessQueue()];
		const both: Queue = { ...one, enqueue: (run, taken) => other.enqueue(run, taken) };
		const first = on.worker(stuck, both);
		const run = await on.ask(['a']);
		await one.enqueue(run.id, 0);
		while (on.of('run_resumed').length === 0) await turn();
		on.worker(ordinary, other);
		const ending = first.suspend();
		await on.clock.advance(2_000);
		await ending;
		await first.handOver();
		expect(await run.done).toBe('finished');
	});

	it('keep no place of a worker while they wait for people, and are handed over like the others', async () => {
		const on = world();
		const [one, other] = [createInProcessQueue(), createInProcessQueue()];
		const first = on.worker(
			async () => [
				actingAgent('a', async function* (its) {
					if (its.run === 'run-1') yield { type: 'suspended', items: [approvalItem()], calls: [] };
					else yield ordinaryOutcome(its, 'a');
				}),
			],
			{ ...one, enqueue: (run, taken) => other.enqueue(run, taken) },
			1,
		);
		const [waits, goes] = [await on.ask(['a']), await on.ask(['a'])];
		for (const { id } of [waits, goes]) await one.enqueue(id, 0);
		expect(await goes.done).toBe('finished');
		expect(on.of('approval_changed')).toHaveLength(1);
		await first.suspend();
		const taken = worked(other, 1);
		await first.handOver();
		await taken.until(1);
		expect(taken.given).toEqual([waits.id]);
	});

	it('are not tried sooner because several workers cannot take them up', async () => {
		const on = world();
		let tries = 0;
		const bad = async () => {
			tries += 1;
			throw new Error('no such team');
		};
		const workers = [createInProcessQueue(), createInProcessQueue()].map((queue) => ({
			queue,
			...on.worker(bad, queue),
		}));
		await on.ask();
		for (let second = 0; second < 60; second += 1) {
			for (const worker of workers) await worker.reconcile();
			for (let turns = 0; turns < 20; turns += 1) await turn();
			await on.clock.advance(1_000);
		}
		expect(tries).toBeLessThanOrEqual(4);
		expect(on.of('run_finished')).toEqual([]);
	});

	it('are done by another worker when the first cannot take them up', async () => {
		const on = world();
		const [one, other] = [createInProcessQueue(), createInProcessQueue()];
		const bad = on.worker(async () => Promise.reject(new Error('no such team')), one);
		const run = await on.ask();
		await bad.reconcile();
		while (bad.refused.length === 0) await turn();
		await on.worker(ordinary, other).reconcile();
		expect(await run.done).toBe('finished');
	});

	it('and no worker takes are told of once, until one does', async () => {
		const on = world();
		const told: number[] = [];
		const look = createUntakenWatch({
			...{ store: on.store, leases: on.shownBy, onUntaken: (count) => void told.push(count) },
		});
		const run = await on.ask();
		await look();
		expect(told).toEqual([]);
		await on.ask();
		await look();
		await look();
		expect(told).toEqual([1]);
		on.worker(ordinary);
		await run.done;
		await look();
		await look();
		expect(told).toEqual([1]);
	});

	it('wait while the only worker is strained by another, and go on when it is not any more', async () => {
		const on = world();
		const late = Promise.withResolvers<void>();
		const worker = on.worker(async () => [
			actingAgent('a', async function* (its) {
				if (its.run === 'run-1') await late.promise;
				yield ordinaryOutcome(its, 'a');
			}),
		]);
		worker.strain(true);
		await on.ask(['a']);
		while (on.of('run_resumed').length === 0) await turn();
		const waits = await on.ask(['a']);
		await worker.reconcile();
		await turn();
		expect(on.of('run_resumed')).toHaveLength(1);
		worker.strain(false);
		await worker.reconcile();
		expect(await waits.done).toBe('finished');
		late.resolve();
	});

	it('that cannot be taken up are tried again, later each time, and told of once', async () => {
		const on = world();
		let tries = 0;
		const worker = on.worker(async () => {
			tries += 1;
			if (tries < 3) throw new Error('no such team');
			return ordinary();
		});
		const run = await on.ask();
		while (worker.refused.length === 0) await turn();
		await worker.reconcile();
		// Another worker has not failed.
		await on.queue.enqueue(run.id, 7);
		await turn();
		expect(tries).toBe(1);
		for (const ms of [15_000, 30_000]) {
			await on.clock.advance(ms);
			await worker.reconcile();
			await turn();
		}
		expect(await run.done).toBe('finished');
		expect([tries, worker.refused.length]).toEqual([3, 1]);
		expect(worker.ended).toEqual([run.id]);
	});

	it('are shown by one process, and by another one when that has gone', async () => {
		const on = world();
		const run = await on.ask();
		const again = createFollowedRuns({
			...{ store: on.store, clock: on.clock, random: () => 0, leases: on.leasesAt(on.store), onOpened: () => {} },
			words: { say: () => {}, hear: () => () => {}, close: async () => {} },
		});
		const refused = expect(again.resume(run.id, on.audience)).rejects.toMatchObject({ code: 'run_held' });
		await on.clock.advance(LEASE_MS / 2);
		await refused;
		expect((await again.unfinished()).map(({ id }) => id)).toEqual([run.id]);
		for (let passed = 0; passed < 2 * LEASE_MS; passed += 1_000) {
			expect(await again.isFree(run.id)).toBe(false);
			await on.clock.advance(1_000);
		}
		await on.gateway.close();
		await on.shownBy.close();
		expect(await run.done).toBe('suspended');
		const seen = on.events.length;
		const taken = await again.resume(run.id, on.audience);
		on.worker(ordinary);
		expect(await taken.done).toBe('finished');
		expect(on.events.slice(seen).filter((event) => 'seq' in event)).toEqual(await again.events(run.id));
	});
});
