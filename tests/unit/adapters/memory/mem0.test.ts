import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { createMemoryStore } from '../../../../src/adapters/stores/memory.ts';
import { createRedisStore } from '../../../../src/adapters/stores/redis.ts';
import { createSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../../src/system-clock.ts';
import { memoryContract } from '../../../contracts/memory-contract.ts';
import { type RedisServer, startRedis } from '../../../support/redis.ts';
import { requireService } from '../../../support/services.ts';
import { temporaryFolders } from '../stores/folders.ts';

memoryContract('in memory', async () => createMemoryStore());

const newFolder = temporaryFolders();
memoryContract('sqlite', () => createSqliteStore({ dataDir: join(newFolder(), 'data'), clock: systemClock }));

describe('redis', () => {
	let server: RedisServer | null = null;
	beforeEach((context) => requireService('redis', context));
	beforeAll(async () => {
		server = await startRedis().catch(() => null);
	});
	afterAll(() => server?.remove());
	let stores = 0;

	memoryContract('redis', () => {
		stores += 1;
		const place = { url: server?.url ?? '', prefix: `memory-${stores}` };
		return createRedisStore({ ...place, clock: systemClock, onNotice: () => {} });
	});
});
