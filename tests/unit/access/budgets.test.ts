import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSpending, forgetOldBudgets } from '../../../src/access/budgets.ts';
import { meteredBackend } from '../../../src/access/metered-backend.ts';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { Backend, BackendEvent, BackendRequest } from '../../../src/core/backend.ts';
import type { BudgetLimit, Payer, PlannedCall } from '../../../src/core/spending.ts';
import { allRecords, type Store } from '../../../src/core/store.ts';
import type { Usage } from '../../../src/core/usage.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const request: BackendRequest = {
	...{ system: 's', messages: [], tools: [], toolChoice: 'auto', run: 'r1', agent: 'a' },
	kind: 'answer',
};
/** Of the request above: what its JSON has in bytes. */
const INPUT = Buffer.byteLength(JSON.stringify({ system: 's', messages: [], tools: [] }));
const used = (inputTokens: number | null, outputTokens: number | null): Usage => ({
	inputTokens,
	cachedInputTokens: 0,
	outputTokens,
	reasoningTokens: 0,
});
const payerOf = (place: string): Payer => {
	const [platform = '', tenant = '', channel = '', user = ''] = place.split(':');
	return { platform, tenant, channel, user: user === '' ? null : user };
};
const GIVEN = { payer: payerOf('slack:T1:C1:U1'), maxOutputTokens: 10 };
/** A token costs a micro-dollar. */
const prices = {
	cost: (provider: string, _: string, { inputTokens, outputTokens }: Usage) =>
		provider === 'unpriced' || inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens,
};
const limit = (of: BudgetLimit['of'], hard: number | null, more: Partial<BudgetLimit> = {}): BudgetLimit => ({
	...{ of, each: 'day', soft: null, hard },
	...more,
});

function world(limits: readonly BudgetLimit[], store: Store = createMemoryStore(), clock = createManualClock()) {
	const soft: string[] = [];
	const problems: unknown[] = [];
	const spending = createSpending({
		...{ store, clock, prices },
		rules: { limits, assumedOutputTokens: 1_000, assumedPrice: { input: 2, output: 3 } },
		onSoft: ({ of }, { user }) => void soft.push(`${of} ${user}`),
		onProblem: (error) => void problems.push(error),
	});
	const call = (output: number | null, payer = 'slack:T1:C1:U1', provider = 'priced'): PlannedCall => ({
		...{ payer: payerOf(payer), provider, model: 'm', maxOutputTokens: output },
		request,
	});
	const total = async () => {
		let sum = 0;
		for await (const { value } of allRecords(store, 'budget')) sum += Number(Object(value).used);
		return sum;
	};
	return { spending, store, clock, soft, problems, call, total };
}

describe('case 50: a hard budget', () => {
	it('is not passed by one micro-dollar, however many runs spend at once, in two processes', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.record({ output: fc.nat(400), user: fc.constantFrom('U1', 'U2'), real: fc.nat(400) }), {
					maxLength: 40,
				}),
				fc.integer({ min: 1, max: 3_000 }),
				async (calls, hard) => {
					const first = world([limit('workspace', hard), limit('user', Math.ceil(hard / 2))]);
					const processes = [
						first,
						world([limit('workspace', hard), limit('user', Math.ceil(hard / 2))], first.store, first.clock),
					];
					let open = 0;
					let most = 0;
					await Promise.all(
						calls.map(async ({ output, user, real }, index) => {
							const { spending, call } = processes[index % 2] ?? first;
							const reservation = await spending.reserve(call(output, `slack:T1:C1:${user}`));
							if (reservation === null) return;
							open += INPUT + output;
							most = Math.max(most, open);
							await reservation.settle(used(INPUT, Math.min(real, output)));
							open -= output - Math.min(real, output);
						}),
					);
					expect(most).toBeLessThanOrEqual(hard);
					expect(await first.total()).toBe(2 * open);
				},
			),
			{ numRuns: 40 },
		);
	});

	it('lets exactly as much through as there is', async () => {
		const { spending, call } = world([limit('user', 2 * (INPUT + 10))]);
		const calls = await Promise.all(Array.from({ length: 5 }, () => spending.reserve(call(10))));
		expect(calls.map((one) => one !== null)).toEqual([true, true, false, false, false]);
	});

	it('counts the users, channels, servers and everything each by themselves', async () => {
		const cost = INPUT + 10;
		const runs = [
			'slack:T1:C1:U1',
			'slack:T1:C1:U2',
			'slack:T1:C2:U3',
			'slack:T2:C1:U1',
			'discord:T1:C1:U1',
			'slack:T1:C1:',
		];
		const through = async (of: BudgetLimit['of']) => {
			const { spending, call } = world([limit(of, cost)]);
			const got: boolean[] = [];
			for (const run of runs) got.push((await spending.reserve(call(10, run))) !== null);
			return got.map((one) => (one ? 'y' : '-')).join('');
		};
		expect(await Promise.all((['user', 'channel', 'workspace', 'process'] as const).map(through))).toEqual([
			'yyyyyy',
			'y-yyy-',
			'y--yy-',
			'y-----',
		]);
	});

	it('of several, the strictest holds, and what one refuses costs the others nothing', async () => {
		const { spending, call, total } = world([limit('process', 10_000), limit('user', INPUT), limit('user', 10_000)]);
		expect(await spending.reserve(call(1))).toBeNull();
		expect(await total()).toBe(0);
		expect(await spending.reserve(call(0))).not.toBeNull();
	});

	it('begins anew with the next day, and with the next month', async () => {
		const clock = createManualClock(Date.UTC(2026, 0, 31, 23, 59));
		const { spending, call } = world([limit('user', INPUT)], createMemoryStore(), clock);
		const month = world(
			[limit('user', INPUT, { each: 'month' })],
			createMemoryStore(),
			createManualClock(Date.UTC(2026, 0, 30)),
		);
		expect(await spending.reserve(call(0))).not.toBeNull();
		expect(await spending.reserve(call(0))).toBeNull();
		await clock.advance(60_000);
		expect(await spending.reserve(call(0))).not.toBeNull();
		expect(await month.spending.reserve(month.call(0))).not.toBeNull();
		await month.clock.advance(24 * 3_600_000);
		expect(await month.spending.reserve(month.call(0))).toBeNull();
		await month.clock.advance(24 * 3_600_000);
		expect(await month.spending.reserve(month.call(0))).not.toBeNull();
	});

	it('gives nothing when the ledger cannot be written', async () => {
		const store = { ...createMemoryStore(), commit: async () => Promise.reject(new Error('the disk is gone')) };
		const { spending, call } = world([limit('user', 10_000)], store);
		await expect(spending.reserve(call(1))).rejects.toThrow('the disk is gone');
	});
});

describe('what a call has cost', () => {
	it('takes the place of what was set aside: more, less, nothing, or all of it when nobody knows', async () => {
		const booked = async (usage: Usage | null, provider = 'priced') => {
			const { spending, call, total } = world([limit('user', 100_000)]);
			await (await spending.reserve(call(100, undefined, provider)))?.settle(usage);
			return total();
		};
		expect(await booked(used(3, 4))).toBe(7);
		expect(await booked(used(1_000, 4))).toBe(1_004);
		expect(await booked(null)).toBe(0);
		expect(await booked(used(null, 4))).toBe(INPUT + 100);
		// A model without a price is not free.
		expect(await booked(used(3, 4), 'unpriced')).toBe(3 * 2 + 4 * 3);
		expect(await booked(used(3, null), 'unpriced')).toBe(INPUT * 2 + 100 * 3);
	});

	it('is told once when it passes a soft limit', async () => {
		const { spending, call, soft } = world([limit('user', null, { soft: INPUT })]);
		for (const run of ['slack:T1:C1:U1', 'slack:T1:C1:U1', 'slack:T1:C1:U1', 'slack:T1:C1:U2'])
			await spending.reserve(call(0, run));
		expect(soft).toEqual(['user U1']);
	});

	it('is forgotten two months after', async () => {
		const { spending, call, store, clock, total } = world([limit('user', 1_000)]);
		await spending.reserve(call(0));
		await forgetOldBudgets(store, clock.now() + 61 * 24 * 3_600_000);
		expect(await total()).toBe(INPUT);
		await forgetOldBudgets(store, clock.now() + 63 * 24 * 3_600_000);
		expect(await total()).toBe(0);
	});
});

describe('a backend under budgets', () => {
	const answering = (...events: BackendEvent[]) => {
		let calls = 0;
		const backend: Backend = {
			...{ name: 'openai', provider: 'priced', model: 'm' },
			async *stream() {
				calls += 1;
				yield* events;
			},
		};
		return { backend, calls: () => calls };
	};
	const eventsOf = async (backend: Backend) => {
		const events: BackendEvent[] = [];
		for await (const event of backend.stream(request, new AbortController().signal)) events.push(event);
		return events;
	};
	const end: BackendEvent = { type: 'finished', reason: 'stop', usage: used(2, 3) };

	it('is the backend itself where there are no limits', () => {
		const { backend } = answering(end);
		expect(meteredBackend(backend, world([]).spending, GIVEN)).toBe(backend);
	});

	it('passes everything on and settles before the end is heard', async () => {
		const { backend } = answering({ type: 'text_delta', text: 'x' }, end);
		const { spending, total } = world([limit('user', 1_000)]);
		const seen: number[] = [];
		for await (const _ of meteredBackend(backend, spending, GIVEN).stream(request, new AbortController().signal))
			seen.push(await total());
		expect(seen).toEqual([INPUT + 10, 5]);
	});

	it('is not called when the budget does not reach, and says so as an ordinary failure', async () => {
		const { backend, calls } = answering(end);
		const metered = meteredBackend(backend, world([limit('user', INPUT)]).spending, GIVEN);
		expect(await eventsOf(metered)).toMatchObject([{ type: 'failed', failure: 'quota_exhausted', retryable: false }]);
		const store = { ...createMemoryStore(), get: async () => Promise.reject(new Error('the disk is gone')) };
		const lost = meteredBackend(backend, world([limit('user', 1_000)], store).spending, GIVEN);
		expect(await eventsOf(lost)).toMatchObject([
			{ failure: 'quota_exhausted', message: expect.stringContaining('the disk is gone') },
		]);
		expect(calls()).toBe(0);
	});

	it.each([
		['rate_limited', 0],
		['stream_broken', INPUT + 10],
		['aborted', INPUT + 10],
	] as const)('books a call that ended as %s with %d', async (failure, cost) => {
		const { backend } = answering({ type: 'failed', failure, retryable: true, message: 'm', usage: used(null, null) });
		const { spending, total } = world([limit('user', 1_000)]);
		await eventsOf(meteredBackend(backend, spending, GIVEN));
		expect(await total()).toBe(cost);
	});

	it('books the worst case when nobody waits for the end', async () => {
		const { backend } = answering({ type: 'text_delta', text: 'x' }, end);
		const { spending, total } = world([limit('user', 1_000)]);
		for await (const _ of meteredBackend(backend, spending, GIVEN).stream(request, new AbortController().signal)) break;
		expect(await total()).toBe(INPUT + 10);
	});
});
