import type { Environment } from './prepare.ts';
import { environmentProblem, type Problem } from './problem.ts';
import { settings as known, resolveSetting } from './setting.ts';

export interface RedisSettings {
	/** May hold a password. */
	url: string;
	/** What the names of all keys begin with. */
	prefix: string;
	/** Silence (ms) after which the runs of a process are taken over by another. */
	leaseMs: number;
}

/** Null: the state is in the data folder. */
export function redisSettings(env: Environment): RedisSettings | null {
	const url = resolveSetting(known.redisUrl, { env });
	if (url.from === 'default') return null;
	const prefix = resolveSetting(known.redisPrefix, { env }).value;
	return { url: url.value.trim(), prefix, leaseMs: Number(resolveSetting(known.leaseSeconds, { env }).value) * 1_000 };
}

/** What is wrong with the variables of Redis. Shows no address, which may hold a password. */
export function redisProblems(env: Environment): Problem[] {
	const redis = redisSettings(env);
	if (redis === null) return [];
	const problems: Problem[] = [];
	if (!/^rediss?:\/\/[^/\s]+(\/\d*)?$/.test(redis.url) || !URL.canParse(redis.url)) {
		const expected = 'expected an address such as redis://host:6379 or rediss://user:password@host:6379/0';
		problems.push(
			environmentProblem('REDIS_URL', `${expected}, with special characters of the password as %40 and so on`),
		);
	}
	if (!/^[\w.-]{1,50}$/.test(redis.prefix)) {
		const message = `expected 1 to 50 letters, digits, _, . or -, found "${redis.prefix}"`;
		problems.push(environmentProblem('REDIS_PREFIX', message));
	}
	const { leaseMs } = redis;
	if (!(leaseMs >= 1_000 && leaseMs <= 600_000)) {
		problems.push(environmentProblem('LEASE_SECONDS', 'expected seconds from 1 to 600, such as 15'));
	}
	return problems;
}
