import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/canonical-json.ts';

const bits = (hex: string) => new DataView(Uint8Array.from(Buffer.from(hex, 'hex')).buffer).getFloat64(0);

describe('canonical JSON (RFC 8785)', () => {
	it('sorts keys by UTF-16 code unit at every depth, also those that look like numbers', () => {
		const keys = { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 };
		expect(Object.keys(JSON.parse(canonicalJson(keys)))).toHaveLength(7);
		expect(canonicalJson(keys)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
		expect(canonicalJson({ b: [{ z: 1, a: { 9: 1, 10: 2 } }], a: null })).toBe(
			'{"a":null,"b":[{"a":{"10":2,"9":1},"z":1}]}',
		);
	});

	it.each([
		['0000000000000000', '0'],
		['8000000000000000', '0'],
		['0000000000000001', '5e-324'],
		['7fefffffffffffff', '1.7976931348623157e+308'],
		['4340000000000000', '9007199254740992'],
		['444b1ae4d6e2ef50', '1e+21'],
		['3eb0c6f7a0b5ed8d', '0.000001'],
		['41b3de4355555557', '333333333.33333343'],
	])('writes the number %s of the RFC as %s', (hex, text) => {
		expect(canonicalJson(bits(hex))).toBe(text);
	});

	it('escapes only what must be', () => {
		expect(canonicalJson('€$\u000f\nA\'B"\\"/')).toBe('"€$\\u000f\\nA\'B\\"\\\\\\"/"');
	});

	it('leaves out what is undefined in an object', () => {
		expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
	});

	it('takes `__proto__` as the key that it is', () => {
		expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"x":1}}'))).toBe('{"__proto__":{"x":1},"b":1}');
	});

	const loop: unknown[] = [];
	loop.push({ loop });
	it.each([
		['undefined', undefined],
		['undefined in a list', [undefined]],
		['a gap in a list', new Array(1)],
		['NaN', Number.NaN],
		['infinity', { a: -1 / 0 }],
		['a bigint', 1n],
		['a function', [() => {}]],
		['half a character', '\ud800'],
		['half a character in a key', { '\udc00': 1 }],
		['a value in itself', loop],
	])('refuses %s', (_, value) => {
		expect(() => canonicalJson(value)).toThrow(TypeError);
	});
});
