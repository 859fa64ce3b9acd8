import { once } from 'node:events';
import { createServer } from 'node:http';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { connectionOf, shownAddress } from '../../../../src/adapters/stores/redis/address.ts';
import { checkServer } from '../../../../src/adapters/stores/redis/server-check.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { requireService } from '../../../support/services.ts';
import { entry, openStore, ownServer } from './redis-stage.ts';

const failed = (sentence: RegExp) => ({ code: 'store_failed', userMessage: expect.stringMatching(sentence) });

describe('opening Redis', () => {
	beforeEach((context) => requireService('redis', context));

	it('wants the right password, and shows none', async () => {
		const server = await ownServer(['--requirepass', 's3cret/!']);
		const address = (login: string) => server.url.replace('//', `//${login}@`);
		for (const url of [server.url, address(':wr0ng'), address('nobody:wr0ng')]) {
			const refused = openStore(url);
			await expect(refused).rejects.toMatchObject(failed(/refuses the user or the password.*REDIS_URL/));
			await expect(refused).rejects.not.toThrow(/wr0ng/);
		}
		const { store } = await openStore(address(`:${encodeURIComponent('s3cret/!')}`));
		expect(store.address).toBe(`${server.url}`);
		expect(await store.commit([entry(1)])).toEqual([1]);
	});

	it('waits ten seconds for a server that is not there', async () => {
		const server = await ownServer();
		await server.kill();
		const clock = createManualClock();
		const refused = expect(openStore(server.url, clock)).rejects.toMatchObject(
			failed(/could not be reached for 10 seconds.* Start Redis, or correct REDIS_URL/),
		);
		await clock.advance(0);
		while (clock.pending() === 0) await clock.advance(0);
		await clock.advance(10_000);
		await refused;
	});

	it('is in time for a server that starts a little later', async () => {
		const server = await ownServer();
		await server.kill();
		const opening = openStore(server.url, createManualClock());
		await server.start();
		expect(await (await opening).store.commit([entry(1)])).toEqual([1]);
	});

	it('says when something else answers there', async () => {
		const web = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
		onTestFinished(() => void web.close());
		await once(web, 'listening');
		const bound = web.address();
		const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
		await expect(openStore(`redis://127.0.0.1:${port}`)).rejects.toMatchObject(
			failed(/is not Redis. Correct REDIS_URL/),
		);
	});

	it('refuses a server that throws data away, and allows one that could but has no limit', async () => {
		const evicting = ['--maxmemory-policy', 'volatile-lru'];
		const bounded = await ownServer([...evicting, '--maxmemory', '100mb']);
		await expect(openStore(bounded.url)).rejects.toMatchObject(failed(/maxmemory-policy volatile-lru.*noeviction/));
		const unbounded = await ownServer(evicting);
		expect((await openStore(unbounded.url)).store.server.evicts).toBe('volatile-lru');
	});

	it('knows whether what is committed outlives the server', async () => {
		const durable = await openStore((await ownServer()).url);
		expect(durable.store).toMatchObject({ durable: true, server: { evicts: null, fsync: 'always' } });
		const snapshots = await openStore((await ownServer(['--appendonly', 'no', '--save', '60 1'])).url);
		expect(snapshots.store.durable).toBe(false);
	});

	it('refuses a replica', async () => {
		const server = await ownServer();
		await server.command('REPLICAOF', '127.0.0.1', '1');
		await expect(openStore(server.url)).rejects.toMatchObject(failed(/is a replica.*primary/));
	});

	it('refuses data of a newer version', async () => {
		const server = await ownServer();
		await server.command('SET', 'test:about', '2 x');
		await expect(openStore(server.url)).rejects.toMatchObject(failed(/test:\* was written by a newer version/));
	});

	it('refuses what a migration did not finish', async () => {
		const server = await ownServer();
		await server.command('SET', 'test:about', '1 unfinished');
		await expect(openStore(server.url)).rejects.toMatchObject(failed(/store -- migrate` did not finish/));
	});

	it('keeps two prefixes apart', async () => {
		const server = await ownServer();
		const { store } = await openStore(server.url);
		await store.commit([entry(1)]);
		expect(await server.command('EXISTS', 'test:log:log')).toBe(':1\r\n');
		expect(await server.command('EXISTS', 'massgen:log:log')).toBe(':0\r\n');
	});
});

describe('what INFO says of a server', () => {
	const info = (facts: Record<string, string>) =>
		Object.entries({
			redis_version: '7.0.15',
			aof_enabled: '1',
			maxmemory: '0',
			maxmemory_policy: 'noeviction',
			...facts,
		})
			.map(([name, value]) => `${name}:${value}`)
			.join('\r\n');

	it('is enough for one that keeps its data', () => {
		expect(checkServer(info({}), 'always', 'here')).toEqual({
			...{ version: '7.0.15', durable: true, evicts: null, fsync: 'always' },
		});
	});

	it.each([
		[{ redis_version: '6.2.14' }, /is version 6\.2\.14; 7 or later/],
		[{ cluster_enabled: '1' }, /is part of a cluster/],
	])('refuses %j', (facts, sentence) => {
		expect(() => checkServer(info(facts), null, 'here')).toThrow(sentence);
	});
});

describe('an address of Redis', () => {
	it.each([
		['redis://host', { host: 'host', port: 6379, db: 0 }, 'redis://host:6379'],
		['redis://host:7000/3', { host: 'host', port: 7000, db: 3 }, 'redis://host:7000/3'],
		['redis://:p%40ss@host/', { host: 'host', port: 6379, db: 0, password: 'p@ss' }, 'redis://host:6379'],
		[
			'rediss://me:x@[::1]',
			{ host: '::1', port: 6379, db: 0, username: 'me', password: 'x', tls: {} },
			'rediss://[::1]:6379',
		],
	])('%s is understood, and shown without its secrets', (url, connection, shown) => {
		expect(connectionOf(url)).toEqual(connection);
		expect(shownAddress(url)).toBe(shown);
	});

	it.each(['http://host', 'host:6379', 'redis://', 'redis://host/name', ''])('%j is none', (url) => {
		expect(() => connectionOf(url)).toThrow(/has to look like redis:\/\/host:6379/);
	});
});
