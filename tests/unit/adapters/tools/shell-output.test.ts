import { describe, expect, it } from 'vitest';
import { createKeptOutput, fitted } from '../../../../src/adapters/tools/shell/kept-output.ts';
import { createQueue } from '../../../../src/adapters/tools/shell/queue.ts';

const kept = (head: number, tail: number, ...pieces: (string | Uint8Array)[]) => {
	const output = createKeptOutput(head, tail);
	for (const piece of pieces) output.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
	return output;
};

describe('what is kept of an output', () => {
	it('is all of it while it fits, over the seam of beginning and end', () => {
		expect(kept(4, 4, 'abc', 'def').take()).toBe('abcdef');
		expect(kept(4, 4, 'abcdefgh').take()).toBe('abcdefgh');
		expect(kept(3, 3, Buffer.from('aä'), Buffer.from('öb')).take()).toBe('aäöb');
	});

	it('is its beginning and its end otherwise, with what is missing between them', () => {
		expect(kept(4, 4, 'abcdefghij').take()).toBe('abcd\n[2 bytes left out here]\nghij');
		expect(kept(0, 4, 'ab', 'cd', 'ef').take()).toBe('[2 bytes left out here]\ncdef');
		const pieces = Array.from({ length: 1000 }, (_, index) => `${index}\n`);
		expect(kept(8, 8, ...pieces).take()).toBe(
			'0\n1\n2\n3\n\n[3874 bytes left out here]\n998\n999'.replace('3\n\n', '3\n'),
		);
	});

	it('never shows half a character', () => {
		expect(kept(3, 3, 'aéé', 'ééé').take()).not.toContain('�');
	});

	it('is new since it was taken last', () => {
		const output = kept(4, 4, 'abcdefghij');
		output.take();
		expect(output.take()).toBe('');
		output.push(Buffer.from('more'));
		expect(output.take()).toBe('more');
	});

	it('has no colours, no control characters and nothing invisible', () => {
		const text = '\u001b[1;31mred\u001b[0m \u001b]0;title\u0007bell\u0007 a\u202Eb\r\nnext';
		expect(kept(100, 100, text).take()).toBe('red bell ab\nnext');
		expect(kept(100, 100, Buffer.from([0xff, 0x00, 0x41])).take()).toBe('�A');
	});

	it('a text is fitted in the same way', () => {
		expect(fitted('abcdefghij', 3)).toBe('abc\n[4 bytes left out here]\nhij');
	});
});

describe('a queue', () => {
	const signal = new AbortController().signal;

	it('lets so many at a time, in their order, and goes on after one that fails', async () => {
		const queue = createQueue(2);
		const going: string[] = [];
		const ends = new Map<string, PromiseWithResolvers<void>>();
		const work = (name: string) => {
			const end = Promise.withResolvers<void>();
			ends.set(name, end);
			return queue.wait(async () => {
				going.push(name);
				await end.promise;
			}, signal);
		};
		const all = ['a', 'b', 'c', 'd'].map(work);
		await new Promise(setImmediate);
		expect(going).toEqual(['a', 'b']);
		ends.get('a')?.reject(new Error('broken'));
		await expect(all[0]).rejects.toThrow('broken');
		await new Promise(setImmediate);
		expect(going).toEqual(['a', 'b', 'c']);
		for (const end of ends.values()) end.resolve();
		await Promise.allSettled(all);
		expect(going).toEqual(['a', 'b', 'c', 'd']);
	});

	it('one that waits is stopped, and takes no place', async () => {
		const queue = createQueue(1);
		const end = Promise.withResolvers<void>();
		const first = queue.wait(() => end.promise, signal);
		const stop = new AbortController();
		const second = queue.wait(async () => 'ran', stop.signal);
		stop.abort(new Error('stopped'));
		await expect(second).rejects.toThrow('stopped');
		end.resolve();
		await first;
		expect(await queue.wait(async () => 'third', signal)).toBe('third');
	});
});
