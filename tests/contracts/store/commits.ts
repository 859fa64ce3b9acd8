import { beforeEach, describe, expect, it } from 'vitest';
import type { Store, StoreChange } from '../../../src/core/store.ts';
import { allOf, append, conflict, invalid, numbers, put } from './steps.ts';

/** Logs, and commits of all kinds of changes. */
export function storeCommits(current: () => Store): void {
	let store: Store;
	beforeEach(() => {
		store = current();
	});
	const all = (log?: string) => allOf(store, log);

	describe('logs', () => {
		it('numbers the entries of each log from 1 without gaps', async () => {
			expect(await store.commit([append('a'), append('x', 'other'), append('b')])).toEqual([1, 1, 2]);
			expect(await store.commit([append('c')])).toEqual([3]);
			expect(await all()).toEqual([
				{ seq: 1, value: 'a' },
				{ seq: 2, value: 'b' },
				{ seq: 3, value: 'c' },
			]);
			expect(await all('never written')).toEqual([]);
		});

		it('appends under the expected number only', async () => {
			const at = (seq: number): StoreChange => ({ type: 'append', log: 'log', value: seq, seq });
			expect(await store.commit([at(1), at(2)])).toEqual([1, 2]);
			await expect(store.commit([at(2)])).rejects.toEqual(conflict);
			await expect(store.commit([at(4)])).rejects.toEqual(conflict);
			expect(await store.commit([at(3)])).toEqual([3]);
			expect(await all()).toHaveLength(3);
		});

		it('drops a log, which begins at 1 again, also within one commit, and leaves others alone', async () => {
			const drop = (log: string): StoreChange => ({ type: 'drop', log });
			await store.commit([append('a'), append('b'), append('x', 'other')]);
			expect(await store.commit([drop('log'), drop('never written')])).toEqual([0, 0]);
			expect(await all()).toEqual([]);
			expect(await all('other')).toHaveLength(1);
			expect(await store.commit([append('c'), drop('log'), append('d')])).toEqual([1, 0, 1]);
			expect(await all()).toEqual([{ seq: 1, value: 'd' }]);
			const stale: StoreChange = { type: 'append', log: 'log', value: 0, seq: 9 };
			await expect(store.commit([drop('log'), stale])).rejects.toEqual(conflict);
			expect(await all()).toHaveLength(1);
			await expect(store.commit([drop('')])).rejects.toEqual(invalid);
		});

		it('reads after a number, at most `limit` entries, 1 to 10,000 of them', async () => {
			await store.commit(numbers(10_001).map((number) => append(number)));
			const seqs = async (after: number, limit: number) =>
				(await store.read('log', { after, limit })).map((entry) => entry.seq);
			expect(await seqs(0, 2)).toEqual([1, 2]);
			expect(await seqs(9_999, 10)).toEqual([10_000, 10_001]);
			expect(await seqs(10_001, 10)).toEqual([]);
			expect(await seqs(0, 10_000)).toEqual(numbers(10_000));
			for (const limit of [0, 1.5, 10_001]) {
				await expect(store.read('log', { after: 0, limit })).rejects.toEqual(invalid);
			}
			await expect(store.read('log', { after: -1, limit: 1 })).rejects.toEqual(invalid);
		});
	});

	describe('commits', () => {
		it('makes every kind of change and gives their numbers in order, 0 where there is none', async () => {
			await store.commit([put('old', 1), put('token', 1)]);
			const done = await store.commit([
				{ type: 'check', kind: 'thing', key: 'token', version: 1 },
				append('a'),
				{ type: 'delete', kind: 'thing', key: 'old' },
				put('token', 2),
				append('b'),
				put('new', 1, 0),
			]);
			expect(done).toEqual([0, 1, 0, 2, 2, 1]);
			expect(await store.commit([])).toEqual([]);
		});

		it.each<[string, StoreChange]>([
			['put', { type: 'put', kind: 'thing', key: 'a', value: 0, version: 9 }],
			['delete', { type: 'delete', kind: 'thing', key: 'a', version: 9 }],
			['append', { type: 'append', log: 'log', value: 0, seq: 9 }],
			['check', { type: 'check', kind: 'thing', key: 'a', version: 9 }],
		])('undoes the first changes when the last one, a %s, conflicts', async (_, last) => {
			await store.commit([put('a', 'before'), put('gone', 'before'), append('before')]);
			const first = [put('a', 'after'), put('b', 'after'), append('after'), append('after', 'new log')];
			const remove: StoreChange = { type: 'delete', kind: 'thing', key: 'gone' };
			await expect(store.commit([...first, remove, last])).rejects.toEqual(conflict);
			expect(await store.list('thing', { limit: 10 })).toEqual([
				{ key: 'a', value: 'before', version: 1 },
				{ key: 'gone', value: 'before', version: 1 },
			]);
			expect(await all()).toEqual([{ seq: 1, value: 'before' }]);
			expect(await all('new log')).toEqual([]);
			expect(await store.commit([put('a', 'next'), put('b', 'next'), append('next', 'new log')])).toEqual([2, 1, 1]);
		});

		it('lets a later change of a commit see the earlier ones', async () => {
			expect(
				await store.commit([put('a', 1, 0), put('a', 2, 1), { type: 'check', kind: 'thing', key: 'a', version: 2 }]),
			).toEqual([1, 2, 0]);
		});

		it('refuses a whole commit whose fencing token is stale, even after the token was deleted and made anew', async () => {
			const fenced = (version: number): StoreChange[] => [
				append('work'),
				{ type: 'check', kind: 'thing', key: 'lease', version },
			];
			await store.commit([put('lease', { worker: 1 })]);
			expect(await store.commit(fenced(1))).toEqual([1, 0]);
			await store.commit([put('lease', { worker: 2 })]);
			await expect(store.commit(fenced(1))).rejects.toEqual(conflict);
			await store.commit([{ type: 'delete', kind: 'thing', key: 'lease' }]);
			await expect(store.commit(fenced(2))).rejects.toEqual(conflict);
			for (const worker of [3, 4, 5]) {
				await store.commit([put('lease', { worker }), { type: 'delete', kind: 'thing', key: 'lease' }]);
			}
			await store.commit([put('lease', { worker: 6 })]);
			for (const stale of [0, 1, 2, 3, 4, 5]) await expect(store.commit(fenced(stale))).rejects.toEqual(conflict);
			expect(await all()).toHaveLength(1);
			const token = (await store.get('thing', 'lease'))?.version ?? 0;
			expect(await store.commit(fenced(token))).toEqual([2, 0]);
		});

		it('takes a check for version 0 to mean that the record does not exist', async () => {
			const unused: StoreChange = { type: 'check', kind: 'thing', key: 'a', version: 0 };
			expect(await store.commit([unused])).toEqual([0]);
			await store.commit([put('a', 1)]);
			await expect(store.commit([unused])).rejects.toEqual(conflict);
		});

		it('lets exactly one of many concurrent commits win, and leaves nothing of the others', async () => {
			const tries = numbers(100).map((me) => store.commit([append(me), put('seat', me, 0)]));
			const outcomes = await Promise.allSettled(tries);
			const winners = numbers(100).filter((me) => outcomes[me - 1]?.status === 'fulfilled');
			expect(winners).toHaveLength(1);
			expect(await store.get('thing', 'seat')).toEqual({ key: 'seat', value: winners[0], version: 1 });
			expect(await all()).toEqual([{ seq: 1, value: winners[0] }]);
			for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toEqual(conflict);
		});

		it('makes all concurrent commits that do not conflict', async () => {
			const seqs = await Promise.all(numbers(200).map((me) => store.commit([append(me), put(`k${me}`, me)])));
			expect(seqs.map(([seq]) => seq).sort((a = 0, b = 0) => a - b)).toEqual(numbers(200));
			const entries = await all();
			for (const [index, [seq = 0]] of seqs.entries()) expect(entries[seq - 1]?.value).toBe(index + 1);
		});
	});
}
