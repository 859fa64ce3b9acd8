import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createLogFeed, PAGE } from '../../../../src/adapters/stores/shared/log-feed.ts';
import type { Store } from '../../../../src/core/store.ts';

/** A feed over a log of numbers, and what was asked of the log. */
function numbersLog(size: number) {
	const log = { size, asked: [] as { after: number; limit: number }[] };
	const read: Store['read'] = async (_, options) => {
		log.asked.push(options);
		const count = Math.max(0, Math.min(options.limit, log.size - options.after));
		return Array.from({ length: count }, (_entry, index) => ({ seq: options.after + index + 1, value: null }));
	};
	return { log, feed: createLogFeed(read) };
}

describe('the feed of a log', () => {
	it('fetches a page when its reader has finished the last one, and never more', async () => {
		const { log, feed } = numbersLog(100_000);
		const watch = feed.watch('log', 0, new AbortController().signal)[Symbol.asyncIterator]();
		for (let read = 1; read <= 10 * PAGE; read += 1) {
			expect((await watch.next()).value?.seq).toBe(read);
			feed.grew('log');
			const fetched = log.asked.length * PAGE;
			expect(fetched).toBe(Math.ceil(read / PAGE) * PAGE);
		}
		expect(log.asked.map((page) => page.after)).toEqual(Array.from({ length: 10 }, (_, page) => page * PAGE));
	});

	it('does not read while there is nothing new', async () => {
		const { log, feed } = numbersLog(1);
		const watch = feed.watch('log', 0, new AbortController().signal)[Symbol.asyncIterator]();
		await watch.next();
		const waiting = watch.next();
		feed.grew('another log');
		await new Promise((resolve) => setImmediate(resolve));
		expect(log.asked).toHaveLength(1);
		log.size = 2;
		feed.grew('log');
		expect((await waiting).value?.seq).toBe(2);
		expect(log.asked).toHaveLength(2);
	});

	it('passes the failure of a read on to the reader', async () => {
		const feed = createLogFeed(async () => {
			throw new Error('unreadable');
		});
		const watch = feed.watch('log', 0, new AbortController().signal)[Symbol.asyncIterator]();
		await expect(watch.next()).rejects.toThrow('unreadable');
	});

	it('tells of the first watch of a log before it reads, and of the end of its last', async () => {
		const told: string[] = [];
		const audience = {
			came: (log: string) => told.push(`${log} came`),
			left: (log: string) => told.push(`${log} left`),
		};
		const read: Store['read'] = async () => {
			told.push('read');
			return [{ seq: 1, value: null }];
		};
		const feed = createLogFeed(read, audience);
		const watches = [1, 2].map(() => feed.watch('log', 0, new AbortController().signal)[Symbol.asyncIterator]());
		for (const watch of watches) await watch.next();
		expect(told).toEqual(['log came', 'read', 'read']);
		await watches[0]?.return?.();
		expect(told).toHaveLength(3);
		await watches[1]?.return?.();
		expect(told.at(-1)).toBe('log left');
	});

	it('leaves no listener behind on the signal of a watch that ended', async () => {
		const { feed } = numbersLog(3);
		const { signal } = new AbortController();
		for await (const entry of feed.watch('log', 0, signal)) {
			expect(getEventListeners(signal, 'abort')).toHaveLength(1);
			if (entry.seq === 3) break;
		}
		expect(getEventListeners(signal, 'abort')).toHaveLength(0);
	});
});
