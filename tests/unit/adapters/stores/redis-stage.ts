import { afterEach, onTestFinished } from 'vitest';
import { createRedisStore, type RedisNotice, type RedisStore } from '../../../../src/adapters/stores/redis.ts';
import type { Clock } from '../../../../src/core/clock.ts';
import type { StoreChange } from '../../../../src/core/store.ts';
import { systemClock } from '../../../../src/system-clock.ts';
import { type RedisServer, startRedis } from '../../../support/redis.ts';

/** A server for one test; gone when the test has finished. */
export async function ownServer(settings?: readonly string[]): Promise<RedisServer> {
	const server = await startRedis(settings);
	onTestFinished(() => server.remove());
	return server;
}

export interface Opened {
	store: RedisStore;
	/** What the store has told, in order. */
	notices: RedisNotice['type'][];
	/** Resolves when that has been told so often. */
	told(type: RedisNotice['type'], times?: number): Promise<void>;
}

const opened: RedisStore[] = [];
afterEach(async () => {
	await Promise.all(opened.splice(0).map((store) => store.close()));
});

export async function openStore(url: string, clock: Clock = systemClock): Promise<Opened> {
	const notices: RedisNotice['type'][] = [];
	const waiting = new Set<() => void>();
	const store = await createRedisStore({
		...{ url, prefix: 'test', clock },
		onNotice({ type }) {
			notices.push(type);
			for (const look of waiting) look();
		},
	});
	opened.push(store);
	const told = (wanted: RedisNotice['type'], times = 1) =>
		new Promise<void>((resolve) => {
			const look = () => {
				if (notices.filter((type) => type === wanted).length < times) return;
				waiting.delete(look);
				resolve();
			};
			waiting.add(look);
			look();
		});
	return { store, notices, told };
}

/** Entry number `seq` of the log. */
export const entry = (seq: number): StoreChange => ({ type: 'append', log: 'log', value: seq, seq });
