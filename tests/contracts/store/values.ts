import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/core/store.ts';
import { allOf, append, invalid, never, numbers, put, take } from './steps.ts';

/** What may be kept, and under which names. */
export function storeValues(current: () => Store): void {
	let store: Store;
	beforeEach(() => {
		store = current();
	});
	const all = (log?: string) => allOf(store, log);

	describe('values', () => {
		const values: readonly unknown[] = [
			null,
			true,
			0,
			-1.5,
			1e300,
			'',
			'né\0\u{1f600}\ud83d',
			[],
			{},
			[[null]],
			{ a: { b: [1, 'two', null] }, 'ü ': false },
			JSON.parse('{"__proto__":{"polluted":1},"constructor":2}'),
			'x'.repeat(1_000_000),
			{ many: numbers(100_000) },
		];

		it('gives JSON values back as they were, 1 MB ones included', async () => {
			await store.commit(values.flatMap((value, index) => [put(`v${index}`, value), append(value)]));
			const entries = await all();
			for (const [index, value] of values.entries()) {
				expect((await store.get('thing', `v${index}`))?.value).toStrictEqual(value);
				expect(entries[index]?.value).toStrictEqual(value);
			}
		});

		it('takes an undefined property for an absent one', async () => {
			await store.commit([put('a', { kept: 1, dropped: undefined })]);
			expect((await store.get('thing', 'a'))?.value).toStrictEqual({ kept: 1 });
		});

		const cycle: Record<string, unknown> = {};
		cycle.self = cycle;
		it.each<[string, unknown]>([
			['undefined', undefined],
			['undefined in an array', [1, undefined]],
			['a hole in an array', Array(1)],
			['a function', { run: () => 1 }],
			['a symbol', Symbol('s')],
			['a BigInt', { big: [1n] }],
			['NaN', Number.NaN],
			['an infinity', { a: Number.POSITIVE_INFINITY }],
			['a Date', { at: new Date(0) }],
			['a Map', new Map([[1, 2]])],
			['a cycle', cycle],
		])('refuses %s, and the whole commit with it', async (_, value) => {
			await expect(store.commit([append('before'), put('a', value)])).rejects.toEqual(invalid);
			await expect(store.commit([append('before'), append(value)])).rejects.toEqual(invalid);
			expect(await all()).toEqual([]);
		});

		it('says where the part is that cannot be kept, and shows no value', async () => {
			const wrong = store.commit([put('a', { list: [{ secret: 'sk-123' }, { size: 1n }] })]);
			await expect(wrong).rejects.toThrow(/value\.list\[1\]\.size is a bigint/);
			await expect(wrong).rejects.not.toThrow(/sk-123/);
		});

		it('keeps what a value was when commit was called', async () => {
			const value = { list: [1] };
			const commit = store.commit([put('a', value), append(value)]);
			value.list.push(2);
			await commit;
			value.list.push(3);
			expect((await store.get('thing', 'a'))?.value).toEqual({ list: [1] });
			expect((await all())[0]?.value).toEqual({ list: [1] });
		});

		it('gives every reader a copy of its own', async () => {
			await store.commit([put('a', { list: [1] }), append({ list: [1] })]);
			const spoil = (value: unknown) => (value as { list: number[] }).list.push(2);
			const stop = new AbortController();
			for await (const entry of store.watch('log', 0, stop.signal)) {
				spoil(entry.value);
				stop.abort();
			}
			spoil((await store.get('thing', 'a'))?.value);
			spoil((await store.list('thing', { limit: 1 }))[0]?.value);
			spoil((await all())[0]?.value);
			expect((await store.get('thing', 'a'))?.value).toEqual({ list: [1] });
			expect((await store.list('thing', { limit: 1 }))[0]?.value).toEqual({ list: [1] });
			expect((await all())[0]?.value).toEqual({ list: [1] });
		});
	});

	describe('names and expectations', () => {
		it('takes kinds, keys and log names of 1 to 200 characters', async () => {
			const longest = '\u{1f600}'.repeat(100);
			await store.commit([
				{ type: 'put', kind: longest, key: longest, value: 1 },
				{ type: 'append', log: longest, value: 1 },
			]);
			expect(await store.list(longest, { limit: 1 })).toEqual([{ key: longest, value: 1, version: 1 }]);
			expect(await all(longest)).toHaveLength(1);
			for (const bad of ['', 'x'.repeat(201)]) {
				const places = [
					{ kind: bad, key: 'a' },
					{ kind: 'a', key: bad },
				];
				for (const place of places) {
					await expect(store.get(place.kind, place.key)).rejects.toEqual(invalid);
					await expect(store.commit([{ type: 'put', ...place, value: 1 }])).rejects.toEqual(invalid);
					await expect(store.commit([{ type: 'delete', ...place }])).rejects.toEqual(invalid);
					await expect(store.commit([{ type: 'check', ...place, version: 0 }])).rejects.toEqual(invalid);
				}
				await expect(store.list(bad, { limit: 1 })).rejects.toEqual(invalid);
				await expect(store.commit([append(1, bad)])).rejects.toEqual(invalid);
				await expect(all(bad)).rejects.toEqual(invalid);
				await expect((async () => take(store.watch(bad, 0, never)[Symbol.asyncIterator](), 1))()).rejects.toEqual(
					invalid,
				);
			}
		});

		it('refuses versions and numbers that can never be', async () => {
			for (const wrong of [-1, 0.5, Number.NaN]) {
				await expect(store.commit([put('a', 1, wrong)])).rejects.toEqual(invalid);
				await expect(store.commit([{ type: 'check', kind: 'a', key: 'a', version: wrong }])).rejects.toEqual(invalid);
				await expect(store.commit([{ type: 'append', log: 'a', value: 1, seq: wrong }])).rejects.toEqual(invalid);
			}
			await expect(store.commit([{ type: 'append', log: 'a', value: 1, seq: 0 }])).rejects.toEqual(invalid);
		});
	});
}
