import type { Clock } from '../../core/clock.ts';
import type { Asker } from '../../core/foreign-form.ts';
import type { McpServerSettings } from '../../core/mcp-settings.ts';
import type { Toolset } from '../../core/tool.ts';
import type { ToolDefinition, ToolPins } from '../../core/tool-pins.ts';
import { type Breaker, createBreaker } from './mcp/breaker.ts';
import type { McpConnection } from './mcp/connection.ts';
import { createElicit } from './mcp/elicit-form.ts';
import { startFailure } from './mcp/failure-text.ts';
import { offeredTool, passes, type ToolFilter } from './mcp/offered-tool.ts';
import { createOpener, identityOf, type OpenerServices } from './mcp/opener.ts';
import { createSession, type McpSession } from './mcp/session.ts';
import { toolName } from './mcp/tool-name.ts';

export interface McpServices extends OpenerServices {
	clock: Clock;
	pins: ToolPins;
	/** Something about a server that a person should know, in a sentence. */
	report(text: string): void;
}

/** The MCP servers of this process. */
export interface McpServers {
	/**
	 * The servers of one run. Agents that are given the same server share its connection. `ask` reaches whoever asked the
	 * run's question; null: servers are told that nobody can be asked.
	 */
	forRun(run: string, ask: Asker | null): McpRun;
}

export interface McpRun {
	/** The tools of one server for one agent, as far as its lists let them through. Its `close` gives up its share. */
	toolset(server: McpServerSettings, agent: string, filter: ToolFilter): Toolset;
}

export function createMcpServers(services: McpServices): McpServers {
	const { clock, pins, report } = services;
	const breakers = new Map<string, Breaker>();
	const open = createOpener(services);

	const sessionOf = (server: McpServerSettings, run: string, ask: Asker | null, agent: string): McpSession => {
		const identity = identityOf(server);
		const breaker = breakers.get(identity) ?? createBreaker(clock);
		breakers.set(identity, breaker);
		const elicit = ask === null ? null : createElicit(server.name, ask, clock);
		const place = { run, key: placeName(server, agent), elicit };
		const connect = (...[events, signal]: Parameters<Parameters<typeof createSession>[0]['connect']>) =>
			open(server, place, events, signal);
		return createSession({ server, clock, pins, breaker, report, connect });
	};

	return {
		forRun(run, ask) {
			const shared = new Map<string, { session: McpSession; users: number }>();
			return {
				toolset(server, agent, filter) {
					const key = sessionKey(server, agent);
					const entry = shared.get(key) ?? { users: 0, session: sessionOf(server, run, ask, agent) };
					entry.users += 1;
					shared.set(key, entry);
					return createToolset(server, entry.session, filter, async () => {
						entry.users -= 1;
						if (entry.users === 0) await entry.session.close();
					});
				},
			};
		},
	};
}

/** Starts a server for a moment. The number of its tools, or why it cannot be used, in words that follow its name. */
export async function probeMcpServer(
	server: McpServerSettings,
	services: OpenerServices,
): Promise<{ tools: number; revision: string } | { problem: string }> {
	const limit = AbortSignal.timeout(server.startTimeoutMs);
	const events = { onToolsChanged: () => {}, onClosed: () => {} };
	let connection: McpConnection | null = null;
	try {
		connection = await createOpener(services)(
			server,
			{ run: 'doctor', key: placeName(server, 'doctor'), elicit: null },
			events,
			limit,
		);
		return { tools: (await connection.list(limit)).length, revision: connection.revision };
	} catch (error) {
		const why: unknown = limit.aborted ? { code: 'REQUEST_TIMEOUT' } : error;
		return { problem: startFailure(why, server.startTimeoutMs, null) };
	} finally {
		await connection?.close();
	}
}

/** What one agent sees of a server. */
function createToolset(
	server: McpServerSettings,
	session: McpSession,
	filter: ToolFilter,
	release: () => Promise<void>,
): Toolset {
	const own: ToolFilter = { allowed: server.allowed, excluded: server.excluded };
	/** By the name that models know. */
	let definitions = new Map<string, ToolDefinition>();
	let closing: Promise<void> | null = null;
	return {
		choosable: true,
		async tools() {
			const usable = (await session.tools()).filter(
				({ name }) => passes(server, name, own) && passes(server, name, filter),
			);
			definitions = new Map(usable.map((definition) => [toolName(server.name, definition.name), definition]));
			return [...definitions.values()].map((definition) => offeredTool(server, definition));
		},
		async call(name, input, options) {
			const definition = definitions.get(name);
			if (definition === undefined) return { text: `There is no tool ${name} here.`, isError: true };
			return session.call(definition, input, options);
		},
		close() {
			closing ??= release();
			return closing;
		},
	};
}

/** One that works in a folder has one connection for each agent. */
function sessionKey(server: McpServerSettings, agent: string): string {
	const isOwn = server.launch.type === 'stdio' && server.launch.workspace;
	return JSON.stringify([identityOf(server), isOwn ? agent : null]);
}

const placeName = ({ name }: McpServerSettings, agent: string) => `mcp-${name}-${agent}`;
