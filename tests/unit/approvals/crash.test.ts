import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { Approval } from '../../../src/core/approval.ts';
import type { GatedCall } from '../../../src/core/gate.ts';
import type { Store, StoreChange } from '../../../src/core/store.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import {
	type ApprovalWorld,
	approvalWorld,
	approve,
	deny,
	edit,
	itemIn,
	person,
	policyOf,
	tool,
} from './approval-world.ts';

const [ben, cleo] = [person('ben'), person('cleo')];
const MINUTE = 60_000;
const changed = tool({ fingerprint: 'f2' });
const calls: Record<string, Partial<GatedCall>> = {
	sent: { callId: 'sent', input: { to: 'sent' } },
	denied: { callId: 'denied', input: { to: 'denied' } },
	moved: { callId: 'moved', input: { to: 'moved' } },
	late: { callId: 'late', input: { to: 'late' } },
	open: { callId: 'open', input: { to: 'open' } },
};

/** A process that dies at one commit: before it is made, or after it. */
function dying(store: Store, at: number, moment: 'before' | 'after'): Store {
	let commits = 0;
	return {
		...store,
		async commit(changes: readonly StoreChange[]) {
			commits += 1;
			if (commits === at && moment === 'before') throw new Error('killed');
			const numbers = await store.commit(changes);
			if (commits === at) throw new Error('killed');
			return numbers;
		},
	};
}

/** Every transition of the engine, each as a step that is done again when a process has died in it. */
const steps: readonly ((world: ApprovalWorld) => Promise<unknown>)[] = [
	...['sent', 'denied', 'moved', 'late', 'open'].map((name) => (world: ApprovalWorld) => ask(world, name)),
	async (world) => world.press(await newest(world, 'sent'), edit({ to: 'other' }), ben),
	async (world) => world.press(await newest(world, 'sent'), approve, cleo, { revision: 2 }),
	async (world) => world.press(await newest(world, 'sent'), approve, person('dora'), { revision: 2 }),
	async (world) => world.press(await newest(world, 'denied'), deny('no'), ben),
	...[ben, cleo].map((who) => async (world: ApprovalWorld) => world.press(await newest(world, 'moved'), approve, who)),
	async (world) => world.check({ ...calls.moved, tool: changed }),
	(world) => ask(world, 'moved', { tool: changed }),
	...[ben, cleo].map((who) => async (world: ApprovalWorld) => world.press(await newest(world, 'moved'), approve, who)),
	async (world) => expect(await world.check(calls.sent)).toMatchObject({ type: 'run', input: { to: 'other' } }),
	...(['started', 'done'] as const).map((effect) => async (world: ApprovalWorld) => {
		const changes = await world.approvals.progress('r1', [{ callId: 'sent', effect }]);
		if (changes.length > 0) await world.store.commit(changes);
	}),
	async (world) => world.approvals.cancel('r1', (await newest(world, 'open')).id),
	async (world) => {
		if (world.clock.now() < START + 10 * MINUTE) await world.clock.advance(10 * MINUTE);
		await sweep(world);
	},
	async (world) => {
		if (world.clock.now() < START + 31 * MINUTE) await world.clock.advance(21 * MINUTE);
		await world.check(calls.late);
	},
	sweep,
];
const START = createManualClock().now();

/** A sweep goes on after what fails; here that is the end of the process. */
async function sweep(world: ApprovalWorld): Promise<void> {
	await world.engine.sweep();
	for (const problem of world.problems.splice(0)) throw problem;
}

/** As a run does: what its journal knows to be asked is not asked again. */
async function ask(world: ApprovalWorld, name: string, more: Partial<GatedCall> = {}): Promise<void> {
	const found = (await world.approvals.of('r1')).at(-1);
	const last = await newest(world, name).catch(() => null);
	if (last !== null && last.items[0]?.state === 'pending') return;
	const item = itemIn(await world.check({ ...calls[name], ...more }));
	expect(found?.id).toBe((await world.approvals.of('r1')).at(-1)?.id);
	await world.request([item]);
}

async function newest(world: ApprovalWorld, callId: string): Promise<Approval> {
	const found = (await world.approvals.of('r1')).findLast(({ items }) => items[0]?.callId === callId);
	if (found === undefined) throw new Error(`nothing is asked about ${callId}`);
	return found;
}

async function play(kill: { at: number; moment: 'before' | 'after' } | null) {
	const policy = await policyOf('people: {medium: 2}\n');
	const clock = createManualClock();
	const memory = createMemoryStore();
	let deaths = 0;
	let commits = 0;
	const counting: Store = {
		...memory,
		async commit(changes) {
			commits += 1;
			return memory.commit(changes);
		},
	};
	let world = await approvalWorld({
		...{ policy, clock },
		store: kill === null ? counting : dying(memory, kill.at, kill.moment),
	});
	for (const step of steps) {
		try {
			await step(world);
		} catch (error) {
			if (!(error instanceof Error) || error.message !== 'killed') throw error;
			deaths += 1;
			world = await approvalWorld({ policy, clock, store: memory, dataDir: world.dataDir });
			await step(world);
		}
	}
	const items = (await world.approvals.of('r1')).flatMap(({ items: all, tier, remindedAt }) =>
		all.map(({ callId, state, effect, revision, votes, before }) => ({
			...{ callId, state, effect, revision, before, tier, isReminded: remindedAt !== null },
			votes: votes.map(({ by, decision }) => `${by.user} ${decision}`),
		})),
	);
	const rows = (await world.rows()).filter((row) => row.includes('done')).toSorted();
	return { deaths, commits, end: { items, rows } };
}

describe('a process that dies', () => {
	it('case 16: at any commit leaves what an uninterrupted one would have left, after its steps are done again', async () => {
		const whole = await play(null);
		expect(whole.end.items.map(({ callId, state, effect }) => `${callId} ${state} ${effect}`)).toEqual([
			'sent approved done',
			'denied denied none',
			'moved superseded none',
			'late expired none',
			'open cancelled none',
			'moved approved none',
		]);
		expect(whole.commits).toBeGreaterThan(15);
		for (let at = 1; at <= whole.commits; at += 1) {
			for (const moment of ['before', 'after'] as const) {
				const { end, deaths } = await play({ at, moment });
				expect({ at, moment, end }).toEqual({ at, moment, end: whole.end });
				expect(deaths).toBeLessThanOrEqual(1);
			}
		}
	}, 120_000);
});
