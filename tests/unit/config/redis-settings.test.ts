import { describe, expect, it } from 'vitest';
import { errorsOf, loaded, TWO } from './check.ts';

const redisWith = async (env: Record<string, string>) => (await loaded(TWO, { env })).settings.redis;

describe('where runs are kept', () => {
	it('is the data folder until there is an address of Redis', async () => {
		expect(await redisWith({})).toBeNull();
		expect(await redisWith({ REDIS_URL: '', REDIS_PREFIX: 'x' })).toBeNull();
		expect(await redisWith({ REDIS_URL: ' redis://host ' })).toEqual({
			url: 'redis://host',
			prefix: 'massgen',
			leaseMs: 15_000,
		});
		const given = { REDIS_URL: 'rediss://me:p%40ss@host:7000/3', REDIS_PREFIX: 'bot-2', LEASE_SECONDS: '1.5' };
		expect(await redisWith(given)).toEqual({ url: given.REDIS_URL, prefix: 'bot-2', leaseMs: 1_500 });
	});

	it.each(['http://:s3cret@host', 'host:6379', 'redis://', 'redis://:s3cret@host/name', 'redis://a b'])(
		'is not at %j, and no password is shown',
		async (REDIS_URL) => {
			const [error, ...others] = await errorsOf(TWO, { env: { REDIS_URL } });
			expect(error).toContain('environment REDIS_URL: expected an address such as redis://host:6379');
			expect(error).not.toContain('s3cret');
			expect(others).toEqual([]);
		},
	);

	it.each(['0', '601', 'soon', '-1'])('is not left to others after %j seconds', async (LEASE_SECONDS) => {
		expect(await errorsOf(TWO, { env: { REDIS_URL: 'redis://host', LEASE_SECONDS } })).toEqual([
			'environment LEASE_SECONDS: expected seconds from 1 to 600, such as 15',
		]);
	});

	it.each(['a:b', 'two words', 'x'.repeat(51)])('has no prefix %j', async (REDIS_PREFIX) => {
		expect(await errorsOf(TWO, { env: { REDIS_URL: 'redis://host', REDIS_PREFIX } })).toEqual([
			`environment REDIS_PREFIX: expected 1 to 50 letters, digits, _, . or -, found "${REDIS_PREFIX}"`,
		]);
	});
});
