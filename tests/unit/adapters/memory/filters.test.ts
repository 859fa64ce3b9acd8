import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passes } from '../../../../src/adapters/memory/mem0/filters.ts';

const payload = { user_id: 'c-1', place: 'here', count: 3, data: 'We Deploy' };

describe('filters of the vector store', () => {
	it.each([
		[{ user_id: 'c-1' }, true],
		[{ user_id: 'c-2' }, false],
		[{ user_id: 'c-1', place: 'there' }, false],
		[{ place: { in: ['here', 'there'] } }, true],
		[{ place: { nin: ['here'] } }, false],
		[{ place: ['here'] }, true],
		[{ place: '*' }, true],
		[{ run_id: '*' }, false],
		[{ count: { gte: 3, lt: 4 } }, true],
		[{ count: { gt: 3 } }, false],
		[{ count: { lte: 'x' } }, false],
		[{ place: { ne: 'here' } }, false],
		[{ place: { eq: 'here' } }, true],
		[{ data: { contains: 'Deploy' } }, true],
		[{ data: { contains: 'deploy' } }, false],
		[{ data: { icontains: 'deploy' } }, true],
		[{ $or: [{ place: 'there' }, { count: 3 }] }, true],
		[{ OR: [{ place: 'there' }, { count: 4 }] }, false],
		[{ $not: [{ place: 'there' }] }, true],
		[{ NOT: [{ place: 'here' }] }, false],
		[{ AND: [{ place: 'here' }, { $not: [{ count: 4 }] }] }, true],
	])('%j: %s', (filters, expected) => {
		expect(passes(payload, filters)).toBe(expected);
	});

	it.each([
		[{ place: { like: 'h%' } }],
		[{ place: {} }],
		[{ place: undefined }],
		[{ $nor: [{ place: 'x' }] }],
		[{ OR: [] }],
		[{ OR: { place: 'x' } }],
		[{ OR: [{ count: 3 }, { place: { constructor: 1 } }] }],
		[{ $or: ['place'] }],
	])('refuses %j', (filters) => {
		expect(() => passes(payload, filters)).toThrow(/not understood/);
	});

	it('never lets a payload of another space through, whatever else is asked', () => {
		const extra = fc.record({ place: fc.constantFrom('here', { in: ['here'] }, '*'), OR: fc.constant([{ count: 3 }]) });
		fc.assert(
			fc.property(extra, fc.string(), (more, id) => {
				fc.pre(id !== 'c-1' && id !== '*');
				expect(passes(payload, { ...more, user_id: id })).toBe(false);
			}),
		);
	});
});
