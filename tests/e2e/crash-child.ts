import { appendFileSync } from 'node:fs';
import { createRedisStore } from '../../src/adapters/stores/redis.ts';
import { createSqliteStore } from '../../src/adapters/stores/sqlite.ts';
import { askOnce } from '../../src/cli/ask.ts';
import { start } from '../../src/cli/start.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Store } from '../../src/core/store.ts';

/**
 * `npm run ask` or `npm start` in a process that kills itself (SIGKILL) at its n-th commit, before it reaches the store or
 * after it was made. CRASH_AT 0: never. CRASH_ON: at the first commit that holds this text. Each commit is counted in the
 * file COMMITS. The store is in Redis when REDIS_URL is set.
 */
const {
	CRASH_AT = '0',
	CRASH_ON = '',
	CRASH_WHEN = 'before',
	COMMITS = '',
	REDIS_URL = '',
	REDIS_PREFIX = '',
} = process.env;

const openStore = (dataDir: string, clock: Clock): Promise<Store> =>
	REDIS_URL === ''
		? createSqliteStore({ dataDir, clock })
		: createRedisStore({ url: REDIS_URL, prefix: REDIS_PREFIX, clock, onNotice: () => {} });

function dying(store: Store): Store {
	let commits = 0;
	return {
		...store,
		async commit(changes) {
			commits += 1;
			if (COMMITS !== '') appendFileSync(COMMITS, '.');
			const isMeant = CRASH_ON !== '' && JSON.stringify(changes).includes(CRASH_ON);
			const last = commits === Number(CRASH_AT) || isMeant;
			if (last && CRASH_WHEN === 'before') process.kill(process.pid, 'SIGKILL');
			const numbers = await store.commit(changes);
			if (last) process.kill(process.pid, 'SIGKILL');
			return numbers;
		},
	};
}

const [command, ...args] = process.argv.slice(2);
const run = command === 'start' ? start : askOnce;
process.exitCode = await run(args, async (dataDir, clock) => dying(await openStore(dataDir, clock)));
