import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { createRedisStore } from '../../../../src/adapters/stores/redis.ts';
import { systemClock } from '../../../../src/system-clock.ts';
import { storeContract } from '../../../contracts/store-contract.ts';
import { type RedisServer, startRedis } from '../../../support/redis.ts';
import { requireService } from '../../../support/services.ts';

describe('redis', () => {
	let server: RedisServer | null = null;
	beforeEach((context) => requireService('redis', context));
	beforeAll(async () => {
		server = await startRedis().catch(() => null);
	});
	afterAll(() => server?.remove());
	let stores = 0;

	storeContract(
		'redis',
		async () => {
			stores += 1;
			const place = { url: server?.url ?? '', prefix: `contract-${stores}` };
			const open = () => createRedisStore({ ...place, clock: systemClock, onNotice: () => {} });
			return { store: await open(), reopen: open };
		},
		{ durable: true },
	);
});
