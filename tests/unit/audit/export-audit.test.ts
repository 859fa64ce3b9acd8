import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportAudit } from '../../../src/audit/export-audit.ts';
import type { AuditRow } from '../../../src/core/audit.ts';
import { auditWorld, row } from './audit-world.ts';

/** Reads RFC 4180. */
function cellsOf(csv: string): string[][] {
	const lines: string[][] = [[]];
	for (const [, quoted, plain = '', end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
		lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
		if (end === '\r\n') lines.push([]);
		if (end === '') break;
	}
	return lines.slice(0, -1);
}

async function exported(rows: readonly AuditRow[], more: Partial<Parameters<typeof exportAudit>[0]> = {}) {
	const made = await auditWorld();
	await made.write(...rows);
	const { chains } = await made.verify();
	const folder = join(made.dataDir, 'out');
	const write = () =>
		made.withStore((store) =>
			exportAudit({ ...{ store, chains, folder, from: null, to: null }, format: 'jsonl', ...more }),
		);
	const manifest = await write();
	const text = await readFile(join(folder, manifest.file), 'utf8');
	return { ...made, manifest, text, folder, write };
}

const wild = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', 'a,b', 'say "hi"', 'two\nlines', 'plain', '数'];

describe('case 47: an export of the audit', () => {
	it('as lines of JSON gives every row back as it stands, with its number and checksum', async () => {
		const { manifest, text, folder } = await exported(wild.map((id) => row(id, { details: { n: 1 } })));
		const rows = text
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(rows.map(({ target }) => target.id)).toEqual(wild);
		expect(rows.map(({ seq }) => seq)).toEqual(wild.map((_, index) => index + 1));
		const sha256 = createHash('sha256').update(text).digest('hex');
		expect(manifest).toMatchObject({ rows: wild.length, bytes: Buffer.byteLength(text), sha256 });
		expect(manifest.chains).toMatchObject([{ platform: 'web', tenant: 'acme', rows: wild.length, bad: null }]);
		expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))).toEqual(manifest);
	});

	it('as CSV starts no formula in any cell, and gives the texts back', async () => {
		const { manifest, text } = await exported(
			wild.map((reason) => row('x', { reason })),
			{ format: 'csv' },
		);
		const [head = [], ...lines] = cellsOf(text);
		expect([lines.length, manifest.rows]).toEqual([wild.length, wild.length]);
		for (const cell of lines.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
		const reasons = lines.map((line) => line[head.indexOf('reason')]?.replace(/^'/, ''));
		expect(reasons).toEqual(wild);
		for (const line of lines) expect(line).toHaveLength(head.length);
		expect(manifest.sha256).toBe(createHash('sha256').update(text).digest('hex'));
	});

	it('is of the time that was asked for, its beginning with it and its end not', async () => {
		const made = await auditWorld();
		for (const id of ['a', 'b', 'c', 'd']) {
			await made.write(row(id));
			await made.clock.advance(1_000);
		}
		const { chains } = await made.verify();
		const start = Date.UTC(2026, 0, 1);
		const bounds = { from: start + 1_000, to: start + 3_000 };
		const folder = join(made.dataDir, 'out');
		const manifest = await made.withStore((store) =>
			exportAudit({ store, chains, folder, format: 'jsonl', ...bounds }),
		);
		const text = await readFile(join(folder, 'audit.jsonl'), 'utf8');
		expect(text.match(/"target":\{"type":"user","id":"(\w)"/g)?.map((one) => one.at(-2))).toEqual(['b', 'c']);
		expect(manifest).toMatchObject({ rows: 2, from: '2026-01-01T00:00:01.000Z', to: '2026-01-01T00:00:03.000Z' });
	});

	it('writes over no other', async () => {
		const { write } = await exported([row('a')]);
		await expect(write()).rejects.toMatchObject({ code: 'input_invalid' });
	});
});
