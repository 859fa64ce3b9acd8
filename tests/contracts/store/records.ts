import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/core/store.ts';
import { conflict, invalid, numbers, put } from './steps.ts';

/** Keyed records and their lists. */
export function storeRecords(current: () => Store): void {
	let store: Store;
	beforeEach(() => {
		store = current();
	});

	describe('records', () => {
		it('gives null for a record that was never written', async () => {
			expect(await store.get('thing', 'a')).toBeNull();
		});

		it('starts a record at version 1 and adds one with each write', async () => {
			expect(await store.commit([put('a', 'first')])).toEqual([1]);
			expect(await store.commit([put('a', 'second')])).toEqual([2]);
			expect(await store.commit([put('a', 'third', 2)])).toEqual([3]);
			expect(await store.get('thing', 'a')).toEqual({ key: 'a', value: 'third', version: 3 });
		});

		it('refuses a put whose version is not the present one', async () => {
			await store.commit([put('a', 'kept')]);
			await expect(store.commit([put('a', 'lost', 2)])).rejects.toEqual(conflict);
			await expect(store.commit([put('missing', 'lost', 1)])).rejects.toEqual(conflict);
			expect(await store.get('thing', 'a')).toEqual({ key: 'a', value: 'kept', version: 1 });
			expect(await store.get('thing', 'missing')).toBeNull();
		});

		it('takes version 0 to mean that the record must not exist', async () => {
			expect(await store.commit([put('a', 'created', 0)])).toEqual([1]);
			await expect(store.commit([put('a', 'again', 0)])).rejects.toEqual(conflict);
			await store.commit([{ type: 'delete', kind: 'thing', key: 'a' }]);
			await store.commit([put('a', 'recreated', 0)]);
			expect(await store.get('thing', 'a')).toMatchObject({ value: 'recreated' });
		});

		it('deletes a record, at the expected version only', async () => {
			await store.commit([put('a', 1), put('b', 2)]);
			await expect(store.commit([{ type: 'delete', kind: 'thing', key: 'a', version: 2 }])).rejects.toEqual(conflict);
			expect(await store.commit([{ type: 'delete', kind: 'thing', key: 'a', version: 1 }])).toEqual([0]);
			expect(await store.get('thing', 'a')).toBeNull();
			expect(await store.list('thing', { limit: 10 })).toEqual([{ key: 'b', value: 2, version: 1 }]);
		});

		it('takes the deletion of a missing record for done, unless a version was expected', async () => {
			expect(await store.commit([{ type: 'delete', kind: 'thing', key: 'a' }])).toEqual([0]);
			expect(await store.commit([{ type: 'delete', kind: 'thing', key: 'a', version: 0 }])).toEqual([0]);
			await expect(store.commit([{ type: 'delete', kind: 'thing', key: 'a', version: 1 }])).rejects.toEqual(conflict);
		});

		it('goes on with the versions of a deleted record when it is written again', async () => {
			await store.commit([put('a', 1), put('a', 2), { type: 'delete', kind: 'thing', key: 'a' }]);
			expect(await store.commit([put('a', 3, 0)])).toEqual([3]);
			await store.commit([{ type: 'delete', kind: 'thing', key: 'a' }]);
			expect(await store.commit([put('a', 4), put('a', 5)])).toEqual([4, 5]);
		});

		it('keeps kinds and keys apart, whatever characters they hold', async () => {
			const places = [
				['a', 'b:c'],
				['a:b', 'c'],
				['a', 'b/c'],
				['a/b', 'c'],
				['a\0b', 'c'],
				['a', 'b\0c'],
				['A', 'B:C'],
			] as const;
			await store.commit(places.map(([kind, key]) => ({ type: 'put', kind, key, value: [kind, key] })));
			for (const [kind, key] of places) {
				expect(await store.get(kind, key)).toEqual({ key, value: [kind, key], version: 1 });
			}
		});
	});

	describe('lists', () => {
		it('gives the records of one kind in ascending order of code units, unicode included', async () => {
			const keys = [
				'z',
				'a',
				'B',
				'é',
				'e\u0301',
				'10',
				'9',
				'\u{1f600}',
				'\uffee',
				'\ue000',
				'\ud83d',
				'\udc00',
				'\0',
				' ',
				'%',
				'ab',
			];
			await store.commit([...keys.map((key) => put(key, key)), { type: 'put', kind: 'other', key: 'x', value: 1 }]);
			const expected = [...keys].sort();
			expect((await store.list('thing', { limit: 100 })).map((record) => record.key)).toEqual(expected);
			for (const [index, key] of expected.entries()) {
				expect((await store.list('thing', { after: key, limit: 1 }))[0]?.key).toEqual(expected[index + 1]);
				expect(await store.get('thing', key)).toMatchObject({ key, value: key });
			}
		});

		it('gives at most `limit` records, after the key `after`, which need not exist', async () => {
			await store.commit(['a', 'b', 'd', 'e'].map((key) => put(key, key)));
			const page = async (after: string, limit: number) =>
				(await store.list('thing', { after, limit })).map((record) => record.key);
			expect(await page('', 3)).toEqual(['a', 'b', 'd']);
			expect(await page('b', 3)).toEqual(['d', 'e']);
			expect(await page('c', 1)).toEqual(['d']);
			expect(await page('e', 3)).toEqual([]);
			expect(await store.list('empty', { limit: 1 })).toEqual([]);
		});

		it('takes limits from 1 to 1,000', async () => {
			await store.commit(numbers(1_001).map((number) => put(String(number).padStart(4, '0'), number)));
			expect(await store.list('thing', { limit: 1_000 })).toHaveLength(1_000);
			for (const limit of [0, -1, 1.5, Number.NaN, 1_001]) {
				await expect(store.list('thing', { limit })).rejects.toEqual(invalid);
			}
		});
	});
}
