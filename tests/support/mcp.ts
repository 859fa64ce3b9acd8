import { onTestFinished } from 'vitest';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import type { ToolFilter } from '../../src/adapters/tools/mcp/offered-tool.ts';
import { createMcpServers, type McpServices } from '../../src/adapters/tools/mcp.ts';
import { createToolPins } from '../../src/approvals/tool-pins.ts';
import type { McpHttpLaunch, McpServerSettings } from '../../src/core/mcp-settings.ts';
import type { CallOptions, ToolsetTurn } from '../../src/core/tool.ts';
import { createManualClock } from './manual-clock.ts';

export function httpLaunch(url: string, more: Partial<McpHttpLaunch> = {}): McpHttpLaunch {
	return { type: 'http', url, headers: {}, allowLoopback: true, allowPrivate: false, oauth: null, ...more };
}

export function serverSettings(
	launch: McpServerSettings['launch'],
	more: Partial<McpServerSettings> = {},
): McpServerSettings {
	return {
		name: 'box',
		launch,
		allowed: null,
		excluded: [],
		trusted: false,
		effects: {},
		firstSight: 'accepted',
		startTimeoutMs: 10_000,
		callTimeoutMs: 10_000,
		...more,
	};
}

/** The MCP servers of one run, over a store in memory. Closed with the test. */
export function mcpWorld(more: Partial<McpServices> = {}) {
	const clock = createManualClock();
	const store = createMemoryStore();
	const pins = createToolPins(store);
	const reports: string[] = [];
	const services: McpServices = {
		clock,
		pins,
		sandbox: null,
		version: '0.0.0',
		report: (text) => reports.push(text),
		store,
		consent: null,
		...more,
	};
	const servers = createMcpServers(services);
	const everything: ToolFilter = { allowed: null, excluded: [] };
	const toolset = (
		server: McpServerSettings,
		{ agent = 'ada', run = servers.forRun('run1', null), filter = everything } = {},
	) => {
		const opened = run.toolset(server, agent, filter);
		onTestFinished(() => opened.close());
		return opened;
	};
	return { clock, store, pins, reports, servers, toolset };
}

export const unstopped = (signal = new AbortController().signal): CallOptions => ({
	signal,
	effectKey: 'test',
	progress() {},
});

/** A turn like any other. */
export const anyTurn: ToolsetTurn = { kind: 'answer', question: 'Q', seen: [], files: null, attachments: [], plan: [] };
