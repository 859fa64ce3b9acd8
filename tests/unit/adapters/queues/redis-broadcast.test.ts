import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createRedisBroadcast } from '../../../../src/adapters/queues/redis-broadcast.ts';
import { startRedis } from '../../../support/redis.ts';
import { requireService } from '../../../support/services.ts';

beforeEach((context) => requireService('redis', context));

it('carries words in their order to all who listen, in other processes too, and again after Redis was away', async () => {
	const server = await startRedis();
	onTestFinished(() => server.remove());
	const open = async (prefix: string) => {
		const words = await createRedisBroadcast({ url: server.url, prefix });
		onTestFinished(words.close);
		return words;
	};
	const [speaker, listener, foreign] = [await open('one'), await open('one'), await open('two')];
	const heard: unknown[] = [];
	const others: unknown[] = [];
	listener.hear('run/b', (word) => void others.push(word));
	foreign.hear('run/a', (word) => void others.push(word));
	/** Says it until it is heard: words may be lost while somebody connects. */
	const reach = async (topic: string, word: string) => {
		const reached = Promise.withResolvers<void>();
		const stop = listener.hear(topic, (one) => one === word && reached.resolve());
		const timer = setInterval(() => speaker.say(topic, word), 30);
		await reached.promise;
		clearInterval(timer);
		stop();
	};
	await reach('run/a', 'ready');
	const all = Promise.withResolvers<void>();
	const stop = listener.hear('run/a', (word) => {
		if (word === 'ready') return;
		heard.push(word);
		if (heard.length === 100) all.resolve();
	});
	for (let count = 0; count < 100; count += 1) speaker.say('run/a', { count });
	await all.promise;
	expect(heard).toEqual(Array.from({ length: 100 }, (_, count) => ({ count })));
	stop();
	await server.kill();
	speaker.say('run/a', 'lost');
	await server.start();
	await reach('run/a', 'again');
	expect([heard.length, others]).toEqual([100, []]);
});
