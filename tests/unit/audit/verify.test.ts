import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { auditWorld, row } from './audit-world.ts';

const five = ['a', 'b', 'c', 'd', 'e'].map((id) => row(id));

/** Moves a row in the log. */
const moved = (from: number, to: number) => `UPDATE entry SET seq = ${to} WHERE log LIKE 'audit-%' AND seq = ${from}`;
const cut = (from: number) => `DELETE FROM entry WHERE log LIKE 'audit-%' AND seq >= ${from}`;
const headAt = (seq: number) =>
	`UPDATE record SET value = json_set(value, '$.seq', ${seq}, '$.hash',
		(SELECT json_extract(value, '$.hash') FROM entry WHERE log LIKE 'audit-%' AND seq = ${seq})) WHERE kind = 'audit-head'`;

describe('case 44: verifying the audit', () => {
	it('finds a chain that nobody has touched sound, also after more was written by another process', async () => {
		const { write, verify } = await auditWorld();
		await write(...five);
		await write(row('f'));
		expect(await verify()).toMatchObject({
			chains: [{ platform: 'web', tenant: 'acme', rows: 6, bad: null }],
			foreign: [],
		});
	});

	it.each([
		['edited', [`UPDATE entry SET value = json_set(value, '$.outcome', 'refused') WHERE seq = 3`], 3, 'altered'],
		['given another time', [`UPDATE entry SET value = json_set(value, '$.at', '2020') WHERE seq = 1`], 1, 'altered'],
		['added to', [`UPDATE entry SET value = json_set(value, '$.more', 1) WHERE seq = 2`], 2, 'altered'],
		['deleted', ['DELETE FROM entry WHERE seq = 2'], 2, 'missing'],
		[
			'deleted and closed up',
			['DELETE FROM entry WHERE seq = 2', moved(3, 2), moved(4, 3), moved(5, 4)],
			2,
			'misplaced',
		],
		[
			'inserted again',
			[moved(5, 6), `INSERT INTO entry (log, seq, value) SELECT log, 5, value FROM entry WHERE seq = 2`],
			5,
			'misplaced',
		],
		[
			'inserted anew',
			[
				moved(5, 6),
				`INSERT INTO entry (log, seq, value) SELECT log, 5, json_set(value, '$.seq', 5) FROM entry WHERE seq = 4`,
			],
			5,
			'altered',
		],
		['swapped', [moved(2, 9), moved(3, 2), moved(9, 3)], 2, 'misplaced'],
		['cut off at the end', [cut(5)], 5, 'cut_off'],
		['cut off at the end, with the head', [cut(4), headAt(3)], 4, 'cut_off'],
		['cut off altogether', [cut(1), `DELETE FROM record WHERE kind = 'audit-head'`], 1, 'cut_off'],
	])('names the first row when one was %s', async (_, statements, seq, fault) => {
		const { write, verify, meddle } = await auditWorld();
		await write(...five);
		meddle(...statements);
		expect((await verify()).chains).toMatchObject([{ bad: { seq, fault } }]);
	});

	it('finds an older database that was put back', async () => {
		const { write, verify, dataDir } = await auditWorld();
		const database = `${dataDir}/massgen.db`;
		await write(row('a'));
		await copyFile(database, `${database}.old`);
		await write(row('b'), row('c'));
		await copyFile(`${database}.old`, database);
		expect((await verify()).chains).toMatchObject([{ rows: 1, bad: { seq: 2, fault: 'cut_off' } }]);
	});

	it('finds a history that was written anew after an older database was put back', async () => {
		const { write, verify, dataDir } = await auditWorld();
		const database = `${dataDir}/massgen.db`;
		await write(row('a'));
		await copyFile(database, `${database}.old`);
		await write(row('b'));
		await write(row('c'));
		await copyFile(`${database}.old`, database);
		await write(row('x'), row('y'), row('z'));
		expect((await verify()).chains).toMatchObject([{ rows: 4, bad: { seq: 2, fault: 'replaced' } }]);
	});

	it('says when the checkpoints are gone, were forged, or end in the middle of a line', async () => {
		const { write, verify, checkpoints } = await auditWorld();
		await write(...five);
		const text = await readFile(checkpoints, 'utf8');
		await writeFile(checkpoints, `${text}{"v":1,"at":"`);
		expect(await verify()).toMatchObject({ chains: [{ bad: null }], foreign: [] });
		await writeFile(checkpoints, text.replace(/"seq":\d/, '"seq":7'));
		expect(await verify()).toMatchObject({ chains: [{ bad: null }], foreign: [1] });
		await rm(checkpoints);
		expect((await verify()).chains).toMatchObject([{ bad: { fault: 'no_checkpoint' } }]);
	});

	it('tells the chains of two servers apart', async () => {
		const { write, verify, meddle } = await auditWorld();
		await write(row('a'), row('a', { tenant: 'other' }), row('b'));
		meddle(`UPDATE entry SET value = json_set(value, '$.reason', 'x') WHERE json_extract(value, '$.tenant') = 'other'`);
		const { chains } = await verify();
		expect(chains.map(({ tenant, bad }) => [tenant, bad])).toEqual(
			expect.arrayContaining([
				['acme', null],
				['other', { seq: 1, fault: 'altered' }],
			]),
		);
	});
});
