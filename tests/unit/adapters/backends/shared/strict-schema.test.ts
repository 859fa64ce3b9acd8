import { describe, expect, it } from 'vitest';
import { allowsStrict } from '../../../../../src/adapters/backends/shared/strict-schema.ts';

const object = (properties: object, more: object = {}) => ({
	type: 'object',
	properties,
	required: Object.keys(properties),
	additionalProperties: false,
	...more,
});
const text = { type: 'string' };

describe('a schema that the provider can enforce', () => {
	it.each([
		['is an object without properties', object({})],
		['requires all its properties', object({ a: text, b: { type: ['integer', 'null'] } })],
		['has closed objects inside', object({ a: { type: 'array', items: object({ b: text }) } })],
		['has closed alternatives', object({ a: { anyOf: [object({ b: text }), { type: 'null' }] } })],
		['has closed definitions', object({ a: { $ref: '#/$defs/x' } }, { $defs: { x: object({ b: text }) } })],
		['has a property named like a keyword', object({ not: text, items: text })],
	])('%s', (_, schema) => {
		expect(allowsStrict(schema)).toBe(true);
	});

	it.each([
		['is no object', { type: 'string' }],
		['has an optional property', object({ a: text }, { required: [] })],
		['is open', object({ a: text }, { additionalProperties: true })],
		['is silent about further properties', { type: 'object', properties: {} }],
		['has an open object inside', object({ a: { type: 'array', items: { type: 'object' } } })],
		['has an open alternative', object({ a: { anyOf: [{ type: 'object' }, text] } })],
		['has an open definition', object({ a: { $ref: '#/$defs/x' } }, { $defs: { x: { type: 'object' } } })],
		['takes anything somewhere', object({ a: {} })],
		['uses oneOf', object({ a: { oneOf: [text] } })],
	])('does not fit when it %s', (_, schema) => {
		expect(allowsStrict(schema)).toBe(false);
	});
});
