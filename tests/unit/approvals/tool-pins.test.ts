import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { createToolBook } from '../../../src/approvals/tool-book.ts';
import { createToolPins } from '../../../src/approvals/tool-pins.ts';
import type { Store } from '../../../src/core/store.ts';
import type { ToolDefinition } from '../../../src/core/tool-pins.ts';
import { httpLaunch, serverSettings } from '../../support/mcp.ts';

const server = serverSettings(httpLaunch('https://sea.example/mcp'));
const tide: ToolDefinition = { name: 'tide', inputSchema: { type: 'object', properties: { at: { type: 'string' } } } };
const wave: ToolDefinition = { name: 'wave', inputSchema: { type: 'object' } };
const seen = (...tools: ToolDefinition[]) => ({ image: null, instructions: '', tools });

function world(store: Store = createMemoryStore()) {
	const pins = createToolPins(store);
	const judge = async (...tools: ToolDefinition[]) => Object.fromEntries(await pins.judge(server, seen(...tools)));
	return { store, pins, judge };
}

describe('the pins of tools', () => {
	it('accept what the configuration brings for the first time, unless it says no', async () => {
		const { pins, judge } = world();
		expect(await pins.accepted(server)).toBeNull();
		expect(await judge(tide, wave)).toEqual({ tide: 'accepted', wave: 'accepted' });
		const strict = { ...server, name: 'strict', firstSight: 'quarantined' as const };
		expect(Object.fromEntries(await pins.judge(strict, seen(tide)))).toEqual({ tide: 'new' });
		expect(await pins.accepted(strict)).toEqual([]);
	});

	it.each<[string, ToolDefinition]>([
		['description', { ...tide, description: 'other' }],
		['title', { ...tide, title: 'other' }],
		['schema', { ...tide, inputSchema: { type: 'object', properties: {} } }],
		['output schema', { ...tide, outputSchema: { type: 'object' } }],
		['annotations', { ...tide, annotations: { readOnlyHint: true } }],
		['further data', { ...tide, _meta: { a: 1 } }],
	])('quarantine a tool whose %s is another, and only that tool', async (_, changed) => {
		const { pins, judge } = world();
		await judge(tide, wave);
		expect(await judge(changed, wave)).toEqual({ tide: 'changed', wave: 'accepted' });
		expect(await pins.accepted(server)).toEqual([wave]);
		expect(await judge(tide, wave)).toEqual({ tide: 'accepted', wave: 'accepted' });
	});

	it('take the same definition in another order for the same', async () => {
		const { judge } = world();
		await judge(tide);
		expect(
			await judge({ inputSchema: { properties: { at: { type: 'string' } }, type: 'object' }, name: 'tide' }),
		).toEqual({
			tide: 'accepted',
		});
	});

	it('quarantine a tool that comes later, and every tool in another image', async () => {
		const { pins, judge } = world();
		await judge(tide);
		expect(await judge(tide, wave)).toEqual({ tide: 'accepted', wave: 'new' });
		const other = await pins.judge(server, { ...seen(tide), image: 'sha256:other' });
		expect(Object.fromEntries(other)).toEqual({ tide: 'changed' });
	});

	it('remember a tool that is gone, so that it cannot come back as another', async () => {
		const { judge } = world();
		await judge(tide, wave);
		expect(await judge(wave)).toEqual({ wave: 'accepted' });
		expect(await judge({ ...tide, description: 'other' }, wave)).toMatchObject({ tide: 'changed' });
	});

	it('are those of one address: another one is another server', async () => {
		const { pins, judge } = world();
		await judge(tide);
		const moved = { ...server, launch: httpLaunch('https://other.example/mcp') };
		expect(await pins.accepted(moved)).toBeNull();
	});

	it('hold what two runs see at the same time', async () => {
		const { judge, pins } = world();
		await Promise.all([judge(tide), judge(tide), judge(tide)]);
		expect(await pins.accepted(server)).toEqual([tide]);
	});

	it('that cannot be read let nothing through', async () => {
		const { store, pins, judge } = world();
		await judge(tide);
		const [record] = await store.list('tool-pins', { limit: 1 });
		await store.commit([{ type: 'put', kind: 'tool-pins', key: record?.key ?? '', value: { v: 1 } }]);
		await expect(pins.accepted(server)).rejects.toThrow('unreadable');
		await expect(judge(tide)).rejects.toThrow('unreadable');
	});
});

describe('the book of tools', () => {
	it('shows the difference and lets a person accept it, tool by tool', async () => {
		const { pins, judge } = world();
		const book = createToolBook(pins, [server]);
		expect(await book.list()).toEqual([{ server: 'box', instructions: '', tools: null }]);
		await judge(tide);
		const changed = { ...tide, description: 'other' };
		await judge(changed, wave);
		const [view] = await book.list();
		expect(view?.tools).toMatchObject([
			{ name: 'tide', state: 'changed', accepted: tide, seen: changed },
			{ name: 'wave', state: 'new', accepted: null },
		]);
		expect(await book.accept('box', 'tide')).toEqual(['tide']);
		expect(await pins.accepted(server)).toEqual([changed]);
		expect(await book.accept('box', null)).toEqual(['wave']);
		expect(await book.accept('box', null)).toEqual([]);
		await expect(book.accept('lake', null)).rejects.toThrow('There is no MCP server lake. Known: box.');
	});
});
