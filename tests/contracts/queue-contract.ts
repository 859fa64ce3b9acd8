import { describe, expect, it } from 'vitest';
import type { Queue } from '../../src/core/queue.ts';

/** `open`: an empty queue. */
export function queueContract(name: string, open: () => Promise<Queue>): void {
	describe(`queue: ${name}`, () => {
		it('gives out every run once, the oldest first', async () => {
			const queue = await open();
			for (const run of ['a', 'b', 'c']) await queue.enqueue(run, 0);
			const { given, until } = worked(queue, 1);
			await until(3);
			expect(given).toEqual(['a', 'b', 'c']);
			await queue.close();
		});

		it('holds a run that waits or is worked on once under each number', async () => {
			const queue = await open();
			await queue.enqueue('a', 0);
			await queue.enqueue('a', 0);
			const gate = Promise.withResolvers<void>();
			const { given, until } = worked(queue, 3, () => gate.promise);
			await until(1);
			await queue.enqueue('a', 0);
			// Who had it has died: it is another's turn, whatever the queue believes of the first.
			await queue.enqueue('a', 1);
			await queue.enqueue('b', 0);
			await until(3);
			expect(given.toSorted()).toEqual(['a', 'a', 'b']);
			gate.resolve();
			await queue.stop();
			await queue.enqueue('a', 0);
			await queue.close();
			expect(given).toHaveLength(3);
		});

		it('gives out a run again that was put in again after it was worked on', async () => {
			const queue = await open();
			const { given, until } = worked(queue, 1);
			await queue.enqueue('a', 0);
			await until(1);
			await queue.enqueue('b', 0);
			await until(2);
			await queue.enqueue('a', 0);
			await until(3);
			expect(given).toEqual(['a', 'b', 'a']);
			await queue.close();
		});

		it('works on so many at a time and no more, and ends what is under way before it stops', async () => {
			const queue = await open();
			const gate = Promise.withResolvers<void>();
			const ended: string[] = [];
			const { given, until } = worked(queue, 2, async (run) => {
				await gate.promise;
				ended.push(run);
			});
			for (const run of ['a', 'b', 'c']) await queue.enqueue(run, 0);
			await until(2);
			const stopping = queue.stop();
			gate.resolve();
			await stopping;
			expect(ended.toSorted()).toEqual(['a', 'b']);
			expect(given).toHaveLength(2);
			await queue.close();
		});
	});
}

/** Takes what is given out. */
export function worked(queue: Queue, atOnce: number, work: (run: string) => Promise<void> = async () => {}) {
	const given: string[] = [];
	const waits: { count: number; resolve(): void }[] = [];
	queue.process(atOnce, async (run) => {
		given.push(run);
		for (const { count, resolve } of waits) if (given.length >= count) resolve();
		await work(run);
	});
	const until = (count: number) =>
		new Promise<void>((resolve) => {
			if (given.length >= count) resolve();
			else waits.push({ count, resolve });
		});
	return { given, until };
}
