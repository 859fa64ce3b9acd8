import { array, assert, constantFrom, integer, property, tuple, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameReader, type Frame } from '../../../../src/adapters/sandbox/docker/frames.ts';
import { createOutput } from '../../../../src/adapters/sandbox/docker/output.ts';

function framed({ stream, bytes }: Frame): Buffer {
	const header = Buffer.alloc(8);
	header[0] = stream === 'stdout' ? 1 : 2;
	header.writeUInt32BE(bytes.length, 4);
	return Buffer.concat([header, bytes]);
}

const joined = (frames: readonly Frame[], stream: Frame['stream']) =>
	Buffer.concat(frames.filter((frame) => frame.stream === stream).map(({ bytes }) => bytes)).toString('hex');

describe('the streams of a container', () => {
	it('come apart as they were put together, wherever the pieces are cut', () => {
		const frames = array(tuple(constantFrom('stdout', 'stderr'), uint8Array({ maxLength: 20 })), { maxLength: 10 });
		const cuts = array(integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
		assert(
			property(frames, cuts, (given, sizes) => {
				const written = given.map(([stream, bytes]): Frame => ({ stream, bytes }));
				const wire = Buffer.concat(written.map(framed));
				const read = createFrameReader();
				const seen: Frame[] = [];
				for (let at = 0, turn = 0; at < wire.length; turn += 1) {
					const size = sizes[turn % sizes.length] ?? 1;
					seen.push(...read(wire.subarray(at, at + size)));
					at += size;
				}
				for (const stream of ['stdout', 'stderr'] as const) expect(joined(seen, stream)).toBe(joined(written, stream));
			}),
		);
	});

	it('a reader lags behind by what it has not taken; one that stops, or never was, holds nobody up', async () => {
		let reads = 0;
		const output = createOutput(() => {
			reads += 1;
		});
		output.push(Buffer.from('first'));
		output.push(Buffer.from('second'));
		expect(output.lag()).toBe(0);
		const reader = output[Symbol.asyncIterator]();
		expect(output.lag()).toBeGreaterThan('firstsecond'.length);
		expect(Buffer.from((await reader.next()).value).toString()).toBe('first');
		expect(reads).toBe(1);
		await reader.return?.();
		output.push(Buffer.from('third'));
		expect(output.lag()).toBe(0);
		expect(await reader.next()).toMatchObject({ done: true });
	});
});
