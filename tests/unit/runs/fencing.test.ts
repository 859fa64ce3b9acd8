import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { Store } from '../../../src/core/store.ts';
import { readJournal } from '../../../src/runs/journal.ts';
import { createLeases } from '../../../src/runs/leases.ts';
import { createRuns } from '../../../src/runs/runs.ts';
import { actingAgent, hang, ordinaryOutcome } from '../../support/acting-agent.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { noApprovals } from '../../support/no-approvals.ts';
import { plainAudit } from '../../support/plain-audit.ts';
import { runWorld, teamOf } from '../../support/run-world.ts';

const LEASE_MS = 9_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A run of one agent that has been taken up by a process whose signs of life can be kept from the store. */
async function given(act: Parameters<typeof actingAgent>[1]) {
	const kept = createMemoryStore();
	const clock = createManualClock();
	const silent = { is: false };
	const waiting: (() => void)[] = [];
	const store: Store = {
		...kept,
		async commit(changes) {
			const isSign = changes.some((change) => change.type === 'put' && change.kind === 'holder');
			if (silent.is && isSign) await new Promise<void>((resolve) => waiting.push(resolve));
			return kept.commit(changes);
		},
	};
	const opened = await runWorld([actingAgent('a', (_, signal) => hang(signal))], { store: kept, clock }).ask(
		teamOf(['a']),
	);
	await opened.suspend();
	const shared = { leaseMs: LEASE_MS, home: null };
	const runs = createRuns({
		...{ approvals: noApprovals, audit: plainAudit(store), store, clock, random: () => 0.999 },
		leases: createLeases({ store, clock, shared }),
		agentsOf: async () => new Map([['a', actingAgent('a', act)]]),
	});
	const audience = { publish: () => {}, canAsk: false };
	return {
		...{ clock, silent, run: await runs.resume(opened.id, audience), journal: () => readJournal(kept, opened.id) },
		speak() {
			silent.is = false;
			for (const go of waiting.splice(0)) go();
		},
		/** Another process takes the run, and writes nothing yet. */
		take: () => createLeases({ store: kept, clock, shared }).seize(opened.id),
	};
}

describe('a process whose run another one has taken', () => {
	it('is refused its next entry, though none has been written since', async () => {
		const go = Promise.withResolvers<void>();
		const on = await given(async function* (its) {
			await go.promise;
			yield ordinaryOutcome(its, 'a');
		});
		const before = await on.journal();
		await on.take();
		go.resolve();
		expect(await on.run.done).toBe('suspended');
		expect(await on.journal()).toEqual(before);
	});

	it('leaves it when it finds that out, though it has nothing to write', async () => {
		const on = await given((_, signal) => hang(signal));
		on.silent.is = true;
		await on.clock.advance(LEASE_MS);
		await on.take();
		on.speak();
		await on.clock.advance(LEASE_MS);
		expect(await on.run.done).toBe('suspended');
	});
});

describe('a process that was silent for longer than its lease', () => {
	/** What an agent does after an entry of its turn is an effect. */
	const acting = () => {
		const go = Promise.withResolvers<void>();
		let effects = 0;
		const act: Parameters<typeof actingAgent>[1] = async function* (its, signal) {
			if (its.kind !== 'answer') return yield ordinaryOutcome(its, 'a');
			await go.promise;
			yield { type: 'saved', messages: [], calls: [], repliesUsed: 0 };
			if (signal.aborted) return yield ordinaryOutcome(its, 'a');
			effects += 1;
			yield ordinaryOutcome(its, 'a');
		};
		return { act, go: go.resolve, effects: () => effects };
	};

	it('does nothing on the strength of an entry that it could write before it knows that nobody has its run', async () => {
		const agent = acting();
		const on = await given(agent.act);
		on.silent.is = true;
		await on.clock.advance(LEASE_MS);
		agent.go();
		await on.clock.advance(LEASE_MS);
		expect((await on.journal()).at(-1)).toMatchObject({ type: 'saved' });
		expect(agent.effects()).toBe(0);
		on.speak();
		await on.clock.advance(LEASE_MS);
		expect(await on.run.done).toBe('finished');
		expect(agent.effects()).toBe(1);
	});

	it('does nothing at all when another one has taken the run after that entry', async () => {
		const agent = acting();
		const on = await given(agent.act);
		on.silent.is = true;
		await on.clock.advance(LEASE_MS);
		agent.go();
		await turn();
		await on.take();
		on.speak();
		await on.clock.advance(LEASE_MS);
		expect(await on.run.done).toBe('suspended');
		expect(agent.effects()).toBe(0);
	});
});
