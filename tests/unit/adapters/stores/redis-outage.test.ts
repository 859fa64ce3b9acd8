import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { allOf, conflict, never, numbers, refusal, take } from '../../../contracts/store/steps.ts';
import { breakableLine } from '../../../support/breakable-line.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { requireService } from '../../../support/services.ts';
import { entry, openStore, ownServer } from './redis-stage.ts';

beforeEach((context) => requireService('redis', context));

describe('Redis killed and started again', () => {
	it('loses nothing, makes nothing twice and keeps the order, in the middle of commits', async () => {
		const server = await ownServer();
		const { store } = await openStore(server.url);
		const made: Promise<readonly number[]>[] = [];
		for (let life = 0; life < 4; life += 1) {
			for (let count = 0; count < 100; count += 1) {
				made.push(
					store.commit([entry(made.length + 1), { type: 'put', kind: 'count', key: 'k', value: made.length + 1 }]),
				);
			}
			// Some of these have been made by now, some are on their way, most wait.
			await made[life * 100 + 3];
			await server.kill();
			for (let count = 0; count < 50; count += 1)
				made.push(store.commit([entry(made.length + 1), count === 0 ? check : put]));
			await server.start();
		}
		const outcomes = await Promise.all(made);
		expect(outcomes.map(([seq]) => seq)).toEqual(numbers(made.length));
		expect((await allOf(store)).map(({ value }) => value)).toEqual(numbers(made.length));
		expect((await store.get('other', 'k'))?.version).toBe(4 * 49);
		expect((await store.get('count', 'k'))?.version).toBe(400);
	});

	it('refuses a fencing token that became stale before', async () => {
		const server = await ownServer();
		const { store } = await openStore(server.url);
		await store.commit([{ type: 'put', kind: 'lease', key: 'run', value: 1 }]);
		await store.commit([{ type: 'delete', kind: 'lease', key: 'run' }]);
		await server.kill();
		await server.start();
		const fenced = (version: number) => store.commit([{ type: 'check', kind: 'lease', key: 'run', version }, entry(1)]);
		await expect(fenced(1)).rejects.toEqual(conflict);
		expect(await store.commit([{ type: 'put', kind: 'lease', key: 'run', value: 2 }])).toEqual([2]);
		await expect(fenced(1)).rejects.toEqual(conflict);
		expect(await fenced(2)).toEqual([0, 1]);
	});
});

const put = { type: 'put', kind: 'other', key: 'k', value: 1 } as const;
const check = { type: 'check', kind: 'nothing', key: 'k', version: 0 } as const;

describe('a connection that is lost with its answers', () => {
	it('makes a commit once that Redis made and nobody heard of', async () => {
		const server = await ownServer();
		const line = await breakableLine(server.url);
		onTestFinished(() => line.close());
		const { store } = await openStore(line.address.replace('http', 'redis'));
		const direct = await openStore(server.url);
		await store.commit([entry(1)]);
		line.hush();
		const made = store.commit([{ type: 'append', log: 'log', value: 'once' }, put]);
		const growth = direct.store.watch('log', 1, never)[Symbol.asyncIterator]();
		expect((await growth.next()).value?.value).toBe('once');
		line.cut();
		line.mend();
		expect(await made).toEqual([2, 1]);
		expect(await allOf(store)).toHaveLength(2);
	});

	it('costs a watch nothing', async () => {
		const server = await ownServer();
		const { store } = await openStore(server.url);
		const watch = store.watch('log', 0, never)[Symbol.asyncIterator]();
		for (let round = 0; round < 20; round += 1) {
			const seen = take(watch, 10);
			for (let seq = round * 10 + 1; seq <= round * 10 + 10; seq += 1) {
				await store.commit([entry(seq)]);
				if (seq % 3 === 0) await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
			}
			expect((await seen).map(({ seq }) => seq)).toEqual(numbers(10).map((number) => number + round * 10));
		}
		await watch.return?.();
	});
});

describe('an outage', () => {
	it('is told once, fails what has waited a minute, and is over when Redis is back', async () => {
		const server = await ownServer();
		const clock = createManualClock();
		const { store, notices, told } = await openStore(server.url, clock);
		await store.commit([entry(1)]);
		await server.kill();
		const late = store.commit([entry(2)]);
		const outcome = expect(late).rejects.toMatchObject({
			code: 'store_away',
			userMessage: expect.stringMatching(/could not be reached for 60 seconds.*REDIS_URL/),
		});
		await clock.advance(1_999);
		expect(notices).toEqual([]);
		await clock.advance(58_000);
		expect(notices).toEqual(['away']);
		await clock.advance(1);
		await outcome;
		await expect(store.get('a', 'b')).rejects.toEqual(refusal('store_away'));
		await server.start();
		await told('back');
		expect(await store.commit([entry(2)])).toEqual([2]);
		expect(notices).toEqual(['away', 'back']);
	});

	it('of 59 seconds fails nothing, and what waited goes before what comes', async () => {
		const server = await ownServer();
		const clock = createManualClock();
		const { store, notices, told } = await openStore(server.url, clock);
		await server.kill();
		const waiting = [store.commit([entry(1)]), store.commit([entry(2)])];
		const read = store.read('log', { after: 0, limit: 10 });
		await clock.advance(59_000);
		await server.start();
		let isBack = false;
		const back = told('back').then(() => {
			isBack = true;
		});
		// One commit for each round trip: some of them come when the link has just come up.
		while (!isBack) {
			waiting.push(store.commit([entry(waiting.length + 1)]));
			await server.command('PING');
		}
		await back;
		expect((await Promise.all(waiting)).flat()).toEqual(numbers(waiting.length));
		expect(await read).toHaveLength(2);
		expect(notices).toEqual(['away', 'back']);
	});

	it('does not keep a store from closing', async () => {
		const server = await ownServer();
		const { store } = await openStore(server.url, createManualClock());
		await server.kill();
		const waiting = expect(store.commit([entry(1)])).rejects.toEqual(refusal('store_failed'));
		await store.close();
		await waiting;
	});
});

describe('a server that refuses for a while', () => {
	it('is asked again: a forgotten script', async () => {
		const server = await ownServer();
		const { store } = await openStore(server.url);
		await store.commit([entry(1)]);
		await server.command('SCRIPT', 'FLUSH', 'SYNC');
		expect(await Promise.all([2, 3, 4].map((seq) => store.commit([entry(seq)])))).toEqual([[2], [3], [4]]);
	});

	it('is asked again: a replica that becomes the primary', async () => {
		const server = await ownServer();
		const { store, told } = await openStore(server.url);
		await server.command('REPLICAOF', '127.0.0.1', '1');
		const made = store.commit([entry(1)]);
		await told('away');
		await server.command('REPLICAOF', 'NO', 'ONE');
		expect(await made).toEqual([1]);
	});
});

describe('data that are gone', () => {
	it('is said at the next commit, and nothing is saved into the void', async () => {
		const server = await ownServer();
		const { store } = await openStore(server.url);
		await store.commit([entry(1)]);
		await server.command('FLUSHALL');
		await expect(store.commit([entry(2)])).rejects.toMatchObject({
			code: 'store_failed',
			userMessage: expect.stringMatching(/is gone or has been replaced .*FLUSHALL/),
		});
		await expect(store.commit([entry(1)])).rejects.toEqual(refusal('store_failed'));
		const again = await openStore(server.url);
		expect(await again.store.commit([entry(1)])).toEqual([1]);
		await expect(store.commit([entry(2)])).rejects.toEqual(refusal('store_failed'));
	});
});

describe('a full memory', () => {
	it('refuses what does not fit, lets things be deleted, and goes on when there is space', async () => {
		const server = await ownServer();
		const { store } = await openStore(server.url);
		const ballast = (key: string) => ({ type: 'put', kind: 'ballast', key, value: 'x'.repeat(100_000) }) as const;
		await store.commit([ballast('a'), entry(1)]);
		await server.command('CONFIG', 'SET', 'maxmemory', '1');
		const full = expect.objectContaining({ code: 'store_full', userMessage: expect.stringContaining('maxmemory') });
		await expect(store.commit([ballast('b'), entry(2)])).rejects.toEqual(full);
		await expect(store.commit([{ type: 'delete', kind: 'ballast', key: 'a' }, entry(2)])).resolves.toEqual([0, 2]);
		await expect(store.commit([entry(3)])).rejects.toEqual(full);
		expect(await allOf(store)).toHaveLength(2);
		await server.command('CONFIG', 'SET', 'maxmemory', '0');
		expect(await store.commit([ballast('b'), entry(3)])).toEqual([1, 3]);
	});
});
