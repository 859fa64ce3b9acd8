import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeName, encodeName } from '../../../../src/adapters/stores/shared/name-codec.ts';

/** Any code units, halves of surrogate pairs and the codec's own target range included. */
const anyName = fc.oneof(
	fc.array(fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit))).map((units) => units.join('')),
	fc.string({ unit: 'binary' }),
	fc
		.array(fc.integer({ min: 0xf0000, max: 0xfffff }).map((point) => String.fromCodePoint(point)))
		.map((all) => all.join('')),
);

describe('names in the database', () => {
	it('come back as they were, and are well-formed text in between', () => {
		const property = fc.property(anyName, (name) => {
			expect(decodeName(encodeName(name))).toBe(name);
			expect(encodeName(name).isWellFormed()).toBe(true);
		});
		fc.assert(property, { numRuns: 2_000 });
	});

	it('sort by UTF-8 bytes as the names sort by code unit', () => {
		const property = fc.property(anyName, anyName, (a, b) => {
			const bytes = Buffer.compare(Buffer.from(encodeName(a)), Buffer.from(encodeName(b)));
			expect(bytes).toBe(a < b ? -1 : a > b ? 1 : 0);
		});
		fc.assert(property, { numRuns: 2_000 });
	});

	it('stay readable when they are ordinary', () => {
		expect(encodeName('run/42: ü 中')).toBe('run/42: ü 中');
	});
});
