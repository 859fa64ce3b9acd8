import { expect, it } from 'vitest';
import { sandboxInstance } from '../../../src/app/open-sandbox.ts';

const redis = { url: 'redis://127.0.0.1:1', address: '127.0.0.1:1', prefix: 'massgen', leaseMs: 15_000 };

it('containers are those of a data folder; at a Redis, where several processes may have the same, of one process', () => {
	const alone = { dataDir: '/data', redis: null };
	expect(sandboxInstance(alone)).toBe(sandboxInstance(alone));
	expect(sandboxInstance(alone)).not.toBe(sandboxInstance({ ...alone, dataDir: '/other' }));
	const shared = { dataDir: '/data', redis };
	expect(sandboxInstance(shared)).not.toBe(sandboxInstance(shared));
});
