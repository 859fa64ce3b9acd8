import { describe, expect, it } from 'vitest';
import { createToolCalls } from '../../../../../src/adapters/backends/openai-compatible/tool-calls.ts';

type Delta = Parameters<ReturnType<typeof createToolCalls>['add']>[0];

function assemble(deltas: readonly object[]) {
	const calls = createToolCalls('made');
	// Servers leave out fields that the SDK's type promises.
	const begun = deltas.map((delta) => calls.add(delta as Delta)).filter((call) => call !== null);
	return { begun, all: calls.all() };
}

describe('tool calls in pieces', () => {
	it('belong together by index, however they are mixed', () => {
		const { begun, all } = assemble([
			{ index: 0, id: 'a', function: { name: 'one', arguments: '' } },
			{ index: 1, id: 'b', function: { name: 'two', arguments: '{' } },
			{ index: 0, function: { arguments: '{"x":' } },
			{ index: 1, function: { arguments: '}' } },
			{ index: 0, function: { arguments: '1}' } },
		]);
		expect(begun).toEqual([
			{ id: 'a', name: 'one' },
			{ id: 'b', name: 'two' },
		]);
		expect(all).toEqual([
			{ id: 'a', name: 'one', arguments: '{"x":1}' },
			{ id: 'b', name: 'two', arguments: '{}' },
		]);
	});

	it('are told apart by id when a server numbers all of them 0', () => {
		const { all } = assemble([
			{ index: 0, id: 'a', function: { name: 'one', arguments: '{}' } },
			{ index: 0, id: 'b', function: { name: 'one', arguments: '{"y":2}' } },
		]);
		expect(all.map(({ id, arguments: text }) => [id, text])).toEqual([
			['a', '{}'],
			['b', '{"y":2}'],
		]);
	});

	it('go on with the last call when a server sends no index', () => {
		const { all } = assemble([
			{ id: 'a', function: { name: 'one', arguments: '{"x"' } },
			{ function: { arguments: ':1}' } },
		]);
		expect(all).toEqual([{ id: 'a', name: 'one', arguments: '{"x":1}' }]);
	});

	it('get an id of their own when a server sends none', () => {
		const { begun, all } = assemble([
			{ index: 0, function: { name: 'one', arguments: '{}' } },
			{ index: 1, id: '', function: { name: 'two', arguments: '{}' } },
		]);
		expect(all.map(({ id }) => id)).toEqual(['made_0', 'made_1']);
		expect(begun.map(({ id }) => id)).toEqual(['made_0', 'made_1']);
	});

	it('are one call when a server repeats the id with every piece', () => {
		const { begun, all } = assemble([
			{ index: 0, id: 'a', function: { name: 'one', arguments: '{"x"' } },
			{ index: 0, id: 'a', function: { name: 'one', arguments: ':1}' } },
		]);
		expect(begun).toHaveLength(1);
		expect(all).toEqual([{ id: 'a', name: 'one', arguments: '{"x":1}' }]);
	});
});
