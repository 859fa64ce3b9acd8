import { beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry, Store } from '../../../src/core/store.ts';
import { append, conflict, never, numbers, put, take } from './steps.ts';

/** The change feed. */
export function storeWatches(current: () => Store): void {
	let store: Store;
	beforeEach(() => {
		store = current();
	});

	describe('watches', () => {
		const values = (entries: readonly LogEntry[]) => entries.map((entry) => entry.value);

		it('gives the entries there are after a number and then those to come, in order', async () => {
			await store.commit(['a', 'b', 'c'].map((value) => append(value)));
			const watch = store.watch('log', 1, never)[Symbol.asyncIterator]();
			expect(values(await take(watch, 2))).toEqual(['b', 'c']);
			const next = watch.next();
			await store.commit([append('elsewhere', 'other')]);
			await store.commit([append('d'), append('e')]);
			expect(await next).toEqual({ done: false, value: { seq: 4, value: 'd' } });
			expect(await take(watch, 1)).toEqual([{ seq: 5, value: 'e' }]);
			await watch.return?.();
		});

		it('misses and repeats nothing while entries arrive faster than they are read, for any number of watches', async () => {
			const stop = new AbortController();
			const follow = async (pause: number) => {
				const seen: number[] = [];
				for await (const entry of store.watch('log', 0, stop.signal)) {
					seen.push(entry.seq);
					if (seen.length % pause === 0) await new Promise((resolve) => setImmediate(resolve));
					if (seen.length === 1_500) break;
				}
				return seen;
			};
			const followers = [1, 7, 50].map(follow);
			for (let round = 0; round < 30; round += 1) {
				await Promise.all(numbers(10).map(() => store.commit(numbers(5).map(() => append(round)))));
			}
			for (const seen of await Promise.all(followers)) expect(seen).toEqual(numbers(1_500));
		});

		it('gives no entry of a commit that conflicted', async () => {
			const watch = store.watch('log', 0, never)[Symbol.asyncIterator]();
			const next = watch.next();
			await expect(store.commit([append('undone'), put('a', 1, 9)])).rejects.toEqual(conflict);
			await store.commit([append('made')]);
			expect(await next).toEqual({ done: false, value: { seq: 1, value: 'made' } });
			await watch.return?.();
		});

		it('waits for numbers that are still far off', async () => {
			const watch = store.watch('log', 2, never)[Symbol.asyncIterator]();
			const next = watch.next();
			for (const value of ['a', 'b', 'c']) await store.commit([append(value)]);
			expect(await next).toEqual({ done: false, value: { seq: 3, value: 'c' } });
			await watch.return?.();
		});

		it('ends without an error as soon as the signal aborts: waiting, between entries, or before the start', async () => {
			const stop = new AbortController();
			await store.commit([append('a'), append('b')]);
			const waiting = store.watch('log', 2, stop.signal)[Symbol.asyncIterator]();
			const between = store.watch('log', 0, stop.signal)[Symbol.asyncIterator]();
			const end = waiting.next();
			expect(values(await take(between, 1))).toEqual(['a']);
			stop.abort();
			expect(await end).toEqual({ done: true, value: undefined });
			expect(await between.next()).toEqual({ done: true, value: undefined });
			expect(await take(store.watch('log', 0, stop.signal)[Symbol.asyncIterator](), 1)).toEqual([]);
		});
	});
}
