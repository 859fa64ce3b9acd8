import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSseDecoder } from '../../../../../src/adapters/backends/shared/sse-decoder.ts';

/** The events of a body that arrives in these pieces; what its end cut off is among them. */
function eventsOf(...pieces: (string | Buffer)[]) {
	const decoder = createSseDecoder();
	const events = pieces.flatMap((piece) => [...decoder.decode(Buffer.from(piece))]);
	const rest = decoder.rest();
	return rest === null ? events : [...events, rest];
}
const event = (data: string, name = '') => ({ name, data, isCut: false });

describe('server-sent events', () => {
	it('carry their data and, if they have one, their name', () => {
		expect(eventsOf('data: {"a":1}\n\nevent: error\ndata: no\n\n')).toEqual([event('{"a":1}'), event('no', 'error')]);
	});

	it.each([
		['without the space after the colon', 'data:x\n\n', 'x'],
		['with more spaces than one', 'data:  x \n\n', ' x '],
		['in several lines', 'data: x\ndata: y\n\n', 'x\ny'],
		['that is empty', 'data:\n\n', ''],
		['in a line without a colon', 'data\n\n', ''],
		['after a byte order mark', '\uFEFFdata: x\n\n', 'x'],
	])('have data %s', (_, body, data) => {
		expect(eventsOf(body)).toEqual([event(data)]);
	});

	it('are not made of comments, ids, retry times and names alone', () => {
		expect(eventsOf(': still here\n\nid: 7\nretry: 10\n\nevent: ping\n\ndata: x\n\n')).toEqual([event('x')]);
	});

	it('end their lines with LF, CR LF or CR', () => {
		expect(eventsOf('data: x\r\n\r\ndata: y\r\rdata: z\n\n')).toEqual([event('x'), event('y'), event('z')]);
	});

	it('say when the end of the body has cut them off', () => {
		expect(eventsOf('data: x\n\ndata: {"half')).toEqual([event('x'), { name: '', data: '{"half', isCut: true }]);
		expect(eventsOf('data: x\n')).toEqual([{ name: '', data: 'x', isCut: true }]);
		expect(eventsOf('data: x\n\n\n', ': bye')).toEqual([event('x')]);
	});

	it('are the same however the network cuts the body', () => {
		const line = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, ''));
		const body = fc
			.array(fc.tuple(fc.array(line, { minLength: 1, maxLength: 3 }), fc.constantFrom('\n', '\r\n', '\r')))
			.map((events) =>
				events.map(([lines, end]) => [...lines.map((text) => `data: ${text}`), '', ''].join(end)).join(''),
			);
		fc.assert(
			fc.property(body, fc.array(fc.nat(40), { maxLength: 30 }), (text, cuts) => {
				const bytes = Buffer.from(text);
				const pieces: Buffer[] = [];
				let from = 0;
				for (const length of cuts) {
					pieces.push(bytes.subarray(from, from + length));
					from += length;
				}
				pieces.push(bytes.subarray(from));
				expect(eventsOf(...pieces)).toEqual(eventsOf(bytes));
			}),
		);
	});
});
