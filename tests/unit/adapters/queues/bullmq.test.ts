import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBullmqQueue } from '../../../../src/adapters/queues/bullmq.ts';
import { queueContract, worked } from '../../../contracts/queue-contract.ts';
import { type RedisServer, startRedis } from '../../../support/redis.ts';
import { requireService } from '../../../support/services.ts';

let server: RedisServer;
beforeEach((context) => requireService('redis', context));
beforeAll(async () => {
	server = await startRedis();
});
afterAll(() => server.remove());

const problems: unknown[] = [];
const openAt = (prefix: string) =>
	createBullmqQueue({ url: server.url, prefix, onProblem: (error) => void problems.push(error) });

queueContract('BullMQ', () => openAt(randomUUID()));

describe('BullMQ', () => {
	it('carries ids alone, under names apart from those of the store', async () => {
		const queue = await openAt('plain');
		await queue.enqueue('run-of-somebody', 3);
		const keys = await server.command('KEYS', 'plain*');
		expect(keys).toContain('plain-queue:runs:run-run-of-somebody-3');
		expect(keys).not.toContain('plain:');
		expect(await server.command('HGET', 'plain-queue:runs:run-run-of-somebody-3', 'data')).toContain(
			'{"run":"run-of-somebody"}',
		);
		await queue.close();
	});

	it('goes on after Redis was killed, and after everything in it was flushed', async () => {
		const queue = await openAt('outage');
		const { given, until } = worked(queue, 1);
		await queue.enqueue('a', 0);
		await until(1);
		await server.kill();
		await server.start();
		await queue.enqueue('b', 0).catch(() => queue.enqueue('b', 0));
		await until(2);
		await server.command('FLUSHALL');
		await queue.enqueue('c', 0);
		await until(3);
		expect(given).toEqual(['a', 'b', 'c']);
		expect(problems).toEqual([]);
		await queue.close();
	});
});
