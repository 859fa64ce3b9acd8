import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { chainOf } from '../../../src/audit/chain.ts';
import type { Store } from '../../../src/core/store.ts';
import { auditWorld, row } from './audit-world.ts';

const logOf = (store: Store, tenant = 'acme') =>
	store.read(chainOf({ platform: 'web', tenant }), { after: 0, limit: 1_000 });

describe('what is audited', () => {
	it('is committed together with what it tells of, or neither is', async () => {
		const { openLog } = await auditWorld();
		const store = createMemoryStore();
		const log = openLog(store);
		const put = { type: 'put', kind: 'thing', key: 'k', value: 1, version: 0 } as const;
		expect(await log.record([row('a')], [put])).toEqual([1]);
		await expect(log.record([row('b')], [put])).rejects.toMatchObject({ code: 'store_conflict' });
		expect(await logOf(store)).toHaveLength(1);
		expect((await store.get('thing', 'k'))?.version).toBe(1);
	});

	it('follows one another without gaps when many processes write at once', async () => {
		const { openLog, checkpoints, dataDir } = await auditWorld();
		const store = createMemoryStore();
		await openLog(store).record([row('first')]);
		const logs = Array.from({ length: 5 }, () => openLog(store));
		await Promise.all(
			logs.flatMap((log, index) => [1, 2, 3, 4].map((n) => log.record([row(`${index}-${n}`), row('two')]))),
		);
		await Promise.all(logs.map((log) => log.close()));
		const { verifyAudit } = await import('../../../src/audit/verify.ts');
		const key = Buffer.from(await readFile(join(dataDir, 'audit.key'), 'utf8'), 'base64');
		const { chains } = await verifyAudit({ store, key, checkpoints });
		expect(chains).toMatchObject([{ rows: 41, bad: null }]);
	});

	it('case 45: is not done when the audit cannot be written, and can be done again later', async () => {
		const { openLog } = await auditWorld();
		const inner = createMemoryStore();
		let isDown = true;
		const store: Store = {
			...inner,
			commit: async (changes) => {
				if (isDown) throw new Error('the disk is gone');
				return inner.commit(changes);
			},
		};
		const log = openLog(store);
		const put = { type: 'put', kind: 'thing', key: 'k', value: 1 } as const;
		await expect(log.record([row('a')], [put])).rejects.toThrow('the disk is gone');
		expect(await inner.get('thing', 'k')).toBeNull();
		isDown = false;
		await log.record([row('a')], [put]);
		expect(await logOf(inner)).toHaveLength(1);
	});

	it('is refused when somebody has put rows where the next ones belong', async () => {
		const { openLog } = await auditWorld();
		const store = createMemoryStore();
		const log = openLog(store);
		await log.record([row('a')]);
		await store.commit([{ type: 'append', log: chainOf({ platform: 'web', tenant: 'acme' }), value: {} }]);
		await expect(log.record([row('b')])).rejects.toMatchObject({ code: 'store_failed' });
	});

	it('is not written down with the secrets that are in it, in whatever form', async () => {
		const secret = 'canary/Xy7+3f 9q';
		const { openLog, dataDir, checkpoints } = await auditWorld([secret, 'short']);
		const store = createMemoryStore();
		const log = openLog(store);
		const base64 = Buffer.from(secret).toString('base64');
		const forms = [secret, encodeURIComponent(secret), base64, Buffer.from(secret).toString('base64url')];
		await log.record([
			row(`see ${secret}`, {
				reason: `a ${forms.join(' b ')} sk-abcdef123456`,
				details: { [secret]: [{ deep: base64 }], short: 'short', n: 1 },
			}),
		]);
		await log.close();
		const [entry] = await logOf(store);
		const text = JSON.stringify(entry);
		for (const form of [...forms, base64.replace(/=+$/, ''), 'sk-abcdef123456']) expect(text).not.toContain(form);
		expect(entry?.value).toMatchObject({ redactions: 4, details: { short: 'short', n: 1 } });
		expect(text).toMatch(/see ‹redacted:known:[0-9a-f]{8}›/);
		expect(await readFile(checkpoints, 'utf8')).not.toContain('canary');
		expect(await readFile(join(dataDir, 'audit.key'), 'utf8')).not.toContain('canary');
	});
});

describe('the key of the audit', () => {
	it('is made once, for this user alone', async () => {
		const { write, dataDir } = await auditWorld();
		await write(row('a'));
		const file = join(dataDir, 'audit.key');
		const key = await readFile(file, 'utf8');
		expect([(await stat(file)).mode & 0o777, Buffer.from(key, 'base64').length]).toEqual([0o600, 32]);
		await write(row('b'));
		expect(await readFile(file, 'utf8')).toBe(key);
	});

	it('is not made anew when there are rows that it would not fit', async () => {
		const { write, dataDir } = await auditWorld();
		await write(row('a'));
		await rm(join(dataDir, 'audit.key'));
		await expect(write(row('b'))).rejects.toMatchObject({ code: 'config_missing' });
		await writeFile(join(dataDir, 'audit.key'), 'c2hvcnQ=');
		await expect(write(row('b'))).rejects.toMatchObject({ code: 'config_invalid' });
	});
});
