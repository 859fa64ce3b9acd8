import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resultFiles } from '../../../../../src/adapters/gateways/shared/result-files.ts';
import type { KeptFiles } from '../../../../../src/core/kept-files.ts';
import { strictEnglish } from '../../../../support/say.ts';

const say = await strictEnglish();
const limits = { count: 3, each: 100, all: 150 };
const keptOf = (files: Readonly<Record<string, number>>, count = Object.keys(files).length): KeptFiles => ({
	id: 'k',
	count,
	bytes: 0,
	listed: Object.entries(files).map(([path, bytes]) => ({ path, bytes, id: `id of ${path}` })),
});
const namesOf = (files: Readonly<Record<string, number>>) =>
	resultFiles(keptOf(files), { count: 9, each: 100, all: 900 }, say)?.attached.map(({ name }) => name);

describe('the files of a result', () => {
	it('are attached with what they are kept under', () => {
		expect(resultFiles(keptOf({ 'a.txt': 10, 'b/c.txt': 20 }), limits, say)).toEqual({
			attached: [
				{ name: 'a.txt', kept: 'id of a.txt', bytes: 10 },
				{ name: 'b_c.txt', kept: 'id of b/c.txt', bytes: 20 },
			],
			text: '2 files of the answer',
		});
		expect(resultFiles(null, limits, say)).toBeNull();
		expect(resultFiles(keptOf({}), limits, say)).toBeNull();
	});

	it.each<[string, Readonly<Record<string, number>>, number | undefined, number]>([
		['1 file of the answer · 1 file is not attached here', { a: 1, b: 101 }, undefined, 1],
		['1 file of the answer · 1 file is not attached here', { a: 100, b: 51 }, undefined, 1],
		['3 files of the answer · 1 file is not attached here', { a: 1, b: 1, c: 1, d: 1 }, undefined, 3],
		['1 file of the answer · 1 file is not attached here', { a: 1, b: 0 }, undefined, 1],
		['1 file of the answer · 1,999 files are not attached here', { a: 1 }, 2000, 1],
		['1 file is not attached here', { a: 1000 }, undefined, 0],
	])('that are too large, too many or empty are counted: %s', (text, files, count, attached) => {
		const found = resultFiles(keptOf(files, count), limits, say);
		expect(found?.text.startsWith(`${text}: too large, too many, or empty. Ask in this thread`)).toBe(true);
		expect(found?.attached).toHaveLength(attached);
	});

	it('have harmless names, each its own', () => {
		expect(
			namesOf({
				'../../etc/passwd': 1,
				'a b.txt': 1,
				'a_b.txt': 1,
				'con.txt': 1,
				'.env': 1,
				'x\u202etxt.exe': 1,
				'@everyone <!channel>.md': 1,
				'übung/漢字.md': 1,
			}),
		).toEqual([
			'etc_passwd',
			'a_b.txt',
			'2-a_b.txt',
			'file-con.txt',
			'env',
			'x_txt.exe',
			'everyone_channel_.md',
			'übung_漢字.md',
		]);
	});

	it('have names that every system takes, whatever their paths are', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 200 }), { minLength: 1, maxLength: 9 }),
				(paths) => {
					const names = namesOf(Object.fromEntries(paths.map((path) => [`${path}x`, 1]))) ?? [];
					expect(new Set(names).size).toBe(names.length);
					for (const name of names) {
						expect(name).toMatch(/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u);
						expect([...name].length).toBeLessThanOrEqual(83);
					}
				},
			),
		);
	});
});
