import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/core/store.ts';
import { allOf, append, type MadeStore, never, put, refusal, take } from './steps.ts';

/** The end of a store, and what outlives it. */
export function storeClosing(current: () => MadeStore, durable: boolean): void {
	let store: Store;
	beforeEach(() => {
		({ store } = current());
	});
	const all = (log?: string) => allOf(store, log);

	describe('closing', () => {
		it('ends all watches', async () => {
			await store.commit([append('a'), append('b')]);
			const waiting = store.watch('log', 2, never)[Symbol.asyncIterator]().next();
			const between = store.watch('log', 0, never)[Symbol.asyncIterator]();
			await between.next();
			await store.close();
			expect(await waiting).toEqual({ done: true, value: undefined });
			expect(await between.next()).toEqual({ done: true, value: undefined });
		});

		it('refuses every later call with an error that says so, and may be repeated', async () => {
			await store.close();
			await store.close();
			const calls: (() => Promise<unknown>)[] = [
				() => store.get('a', 'a'),
				() => store.list('a', { limit: 1 }),
				() => all(),
				() => store.commit([append(1)]),
				async () => take(store.watch('log', 0, never)[Symbol.asyncIterator](), 1),
			];
			for (const call of calls) {
				const error = call();
				await expect(error).rejects.toEqual(refusal('store_failed'));
				await expect(error).rejects.toThrow(/closed/);
			}
		});

		if (durable) {
			it('keeps every resolved commit across a reopening: records, versions, deletions, logs', async () => {
				await store.commit([put('a', { n: 1 }), put('b', 1), put('gone', 1), append('x'), append('y')]);
				await store.commit([put('a', { n: 2 }), { type: 'delete', kind: 'thing', key: 'gone' }]);
				await store.close();
				const { reopen } = current();
				if (reopen === undefined) throw new Error('a durable store brings `reopen`');
				store = await reopen();
				expect(await store.list('thing', { limit: 10 })).toEqual([
					{ key: 'a', value: { n: 2 }, version: 2 },
					{ key: 'b', value: 1, version: 1 },
				]);
				expect(await store.commit([append('z'), put('gone', 2, 0), put('a', 3)])).toEqual([3, 2, 3]);
				expect((await all()).map((entry) => entry.value)).toEqual(['x', 'y', 'z']);
				await store.close();
			});
		}
	});
}
