import type { LoadedConfig } from '../config/check-config.ts';
import type { RedisSettings } from '../config/redis-settings.ts';
import { type Clock, endable } from '../core/clock.ts';
import { sentenceOf } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import type { Say } from '../core/say.ts';
import type { Store } from '../core/store.ts';
import { systemClock } from '../system-clock.ts';

async function openSqlite(dataDir: string, clock: Clock): Promise<Store> {
	const { createSqliteStore } = await import('../adapters/stores/sqlite.ts');
	return createSqliteStore({ dataDir, clock });
}

async function openRedis(
	settings: RedisSettings,
	clock: Clock,
	say: Say,
	tell: (text: string) => void,
): Promise<Store> {
	const { createRedisStore } = await import('../adapters/stores/redis.ts');
	const store = await createRedisStore({
		...{ ...settings, clock },
		onNotice: ({ type, address }) =>
			tell(type === 'away' ? say('redis.away', { address }) : say('redis.back', { address })),
	});
	const { address, durable, server } = store;
	if (!durable) tell(say('redis.not_durable', { address }));
	if (server.evicts !== null) tell(say('redis.may_evict', { address, policy: server.evicts }));
	return store;
}

/** The configured store; `tell` hears a sentence for people about what is wrong beside the work. */
export function openStore(
	{ settings }: LoadedConfig,
	clock: Clock,
	say: Say,
	tell: (text: string) => void,
): Promise<Store> {
	return settings.redis === null ? openSqlite(settings.dataDir, clock) : openRedis(settings.redis, clock, say, tell);
}

/** Why the store in this folder cannot be opened, in a sentence; null when it can. */
export async function dataDirProblem(dataDir: string): Promise<string | null> {
	try {
		await (await openSqlite(dataDir, systemClock)).close();
		return null;
	} catch (thrown) {
		return sentenceOf(thrown);
	}
}

/** What is well and what is not with the Redis that keeps the state. */
export async function redisFindings(settings: RedisSettings): Promise<Finding[]> {
	const { createRedisStore } = await import('../adapters/stores/redis.ts');
	const { clock, end } = endable(systemClock);
	try {
		const store = await createRedisStore({ ...settings, clock, onNotice: () => {} });
		await store.close();
		return findingsOn(store.address, store.server);
	} catch (thrown) {
		return [
			{ level: 'error', what: sentenceOf(thrown), repair: 'Or unset REDIS_URL: runs are then kept in DATA_DIR.' },
		];
	} finally {
		end();
	}
}

interface ServerFacts {
	version: string;
	durable: boolean;
	evicts: string | null;
	fsync: string | null;
}

function findingsOn(address: string, { version, durable, evicts, fsync }: ServerFacts): Finding[] {
	const findings: Finding[] = [{ level: 'ok', what: `Redis ${version} at ${address} keeps the runs.`, repair: null }];
	if (!durable) {
		findings.push({
			level: 'warning',
			what: `Redis at ${address} keeps no append-only file: when it ends, the last minutes of all runs or all of them are lost.`,
			repair: 'Set appendonly to yes, in redis.conf and with: redis-cli CONFIG SET appendonly yes',
		});
	} else if (fsync !== null && fsync !== 'always') {
		findings.push({
			level: 'ok',
			what: `A power failure of Redis can lose what was saved in the last second or two (appendfsync ${fsync}; always loses nothing).`,
			repair: null,
		});
	}
	if (evicts !== null) {
		findings.push({
			level: 'warning',
			what: `Redis at ${address} would throw data away once it had a limit of memory (maxmemory-policy ${evicts}).`,
			repair:
				'Set maxmemory-policy to noeviction, in redis.conf and with: redis-cli CONFIG SET maxmemory-policy noeviction',
		});
	}
	return findings;
}
