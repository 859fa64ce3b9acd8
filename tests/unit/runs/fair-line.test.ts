import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Claimant, createFairLine } from '../../../src/runs/fair-line.ts';

const claimant = (tenant: string, channel = 'c', user = 'u'): Claimant => ({ tenant, channel, user });

it('takes turns among servers, channels and people, and each in their own order', () => {
	const line = createFairLine();
	for (const n of [1, 2, 3]) line.add(`big ${n}`, claimant('big'));
	line.add('other channel', claimant('big', 'd'));
	line.add('other person', claimant('big', 'c', 'v'));
	line.add('small', claimant('small'));
	const order = ['big 1', 'small', 'other channel', 'other person', 'big 2', 'big 3'];
	expect(line.order()).toEqual(order);
	expect(order.map(() => line.next())).toEqual(order);
	expect([line.next(), line.size]).toEqual([null, 0]);
});

it('lets nobody gain by coming again and again, and nobody lose by it', () => {
	const line = createFairLine();
	for (const n of [1, 2, 3, 4]) line.add(`many ${n}`, claimant('many'));
	const begun: (string | null)[] = [];
	for (const n of [1, 2, 3]) {
		line.add(`single ${n}`, claimant('single'));
		begun.push(line.next(), line.next());
	}
	expect(begun).toEqual(['many 1', 'single 1', 'many 2', 'single 2', 'many 3', 'single 3']);
});

const step = fc.oneof(
	{ weight: 3, arbitrary: fc.record({ type: fc.constant('add' as const), of: fc.constantFrom('a', 'b', 'c', 'd') }) },
	{ weight: 2, arbitrary: fc.constant({ type: 'next' as const }) },
);

interface Waiter {
	id: string;
	of: string;
	/** Who went since this one has been the first of its own, and how often. */
	before: Map<string, number>;
	/** Who waited when it became the first. */
	met: ReadonlySet<string>;
}

it.each(['tenant', 'channel', 'user'])(
	'while the first of a %s waits, each other one goes before it once, and none that comes later',
	(level) => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
				const line = createFairLine();
				let waiting: Waiter[] = [];
				const firstOf = (of: string) => waiting.find((waiter) => waiter.of === of);
				const becomesFirst = (waiter: Waiter | undefined) => {
					if (waiter === undefined) return;
					waiter.before = new Map();
					waiter.met = new Set(waiting.map(({ of }) => of));
				};
				for (const [index, one] of steps.entries()) {
					if (one.type === 'add') {
						const waiter = { id: `q${index}`, of: one.of, before: new Map(), met: new Set<string>() };
						waiting.push(waiter);
						line.add(waiter.id, { ...claimant('t'), [level]: one.of });
						if (firstOf(one.of) === waiter) becomesFirst(waiter);
						continue;
					}
					const gone = line.order()[0];
					expect(line.next()).toBe(gone ?? null);
					const begun = waiting.find(({ id }) => id === gone);
					if (begun === undefined) continue;
					const wasFirst = firstOf(begun.of) === begun;
					waiting = waiting.filter((waiter) => waiter !== begun);
					becomesFirst(firstOf(begun.of));
					expect(line.size).toBe(waiting.length);
					expect(wasFirst).toBe(true);
					for (const other of new Set(waiting.map(({ of }) => firstOf(of)))) {
						if (other === undefined || other.of === begun.of) continue;
						const times = (other.before.get(begun.of) ?? 0) + 1;
						other.before.set(begun.of, times);
						expect(times, `${begun.of} before ${other.id}`).toBe(1);
						expect(other.met.has(begun.of), `${begun.of} came after ${other.id}`).toBe(true);
					}
				}
			}),
			{ numRuns: 200 },
		);
	},
);
