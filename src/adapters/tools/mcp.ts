import type { Clock } from '../../core/clock.ts';
import type { McpServerSettings } from '../../core/mcp-settings.ts';
import type { Sandbox } from '../../core/sandbox.ts';
import type { Toolset } from '../../core/tool.ts';
import type { ToolDefinition, ToolPins } from '../../core/tool-pins.ts';
import { type Breaker, createBreaker } from './mcp/breaker.ts';
import { type Channel, connect, type Elicit, type McpConnection } from './mcp/connection.ts';
import { startFailure } from './mcp/failure-text.ts';
import { openHttpChannel } from './mcp/http-channel.ts';
import { offeredTool, passes, type ToolFilter } from './mcp/offered-tool.ts';
import { createSession, type McpSession } from './mcp/session.ts';
import { openStdioChannel } from './mcp/stdio-channel.ts';
import { toolName } from './mcp/tool-name.ts';

export interface McpServices {
	clock: Clock;
	pins: ToolPins;
	/** Where programs run; null: nowhere, so servers that are programs cannot be used. */
	sandbox: Sandbox | null;
	/** Of this program. */
	version: string;
	/** Something about a server that a person should know, in a sentence. */
	report(text: string): void;
	/** Asks a person what a server wants to know; null: nobody can be asked. */
	elicit: Elicit | null;
}

/** The MCP servers of this process. */
export interface McpServers {
	/** The servers of one run. Agents that are given the same server share its connection. */
	forRun(run: string): McpRun;
	/** Starts a server for a moment. The number of its tools, or why it cannot be used, in a sentence. */
	probe(server: McpServerSettings): Promise<{ tools: number; revision: string } | { problem: string }>;
}

export interface McpRun {
	/** The tools of one server for one agent, as far as its lists let them through. Its `close` gives up its share. */
	toolset(server: McpServerSettings, agent: string, filter: ToolFilter): Toolset;
}

type Events = Pick<Parameters<typeof connect>[1], 'onToolsChanged' | 'onClosed'>;

export function createMcpServers(services: McpServices): McpServers {
	const { clock, pins, report } = services;
	const breakers = new Map<string, Breaker>();
	/** Servers that end when they are asked for the newest revision. */
	const legacy = new Set<string>();

	const breakerOf = (key: string): Breaker => {
		const breaker = breakers.get(key) ?? createBreaker(clock);
		breakers.set(key, breaker);
		return breaker;
	};

	const channelTo = (server: McpServerSettings, run: string, key: string, signal: AbortSignal): Promise<Channel> => {
		const { launch } = server;
		if (launch.type === 'http') return openHttpChannel(launch, null);
		return openStdioChannel(launch, { run, key, sandbox: services.sandbox }, signal);
	};

	const open = async (
		server: McpServerSettings,
		place: { run: string; key: string },
		events: Events,
		signal: AbortSignal,
	): Promise<McpConnection> => {
		const identity = identityOf(server);
		const attempt = async (): Promise<McpConnection> => {
			const channel = await channelTo(server, place.run, place.key, signal);
			const isLegacy = legacy.has(identity);
			try {
				const { version, elicit } = services;
				return await connect(channel, { server, version, elicit, isLegacy, ...events }, signal);
			} catch (error) {
				const reason = channel.reason();
				if (reason === null) throw error;
				if (channel.image === null || isLegacy || signal.aborted) throw new Error(reason);
				legacy.add(identity);
				return attempt().catch((again: unknown) => {
					legacy.delete(identity);
					throw again;
				});
			}
		};
		return attempt();
	};

	return {
		forRun(run) {
			const shared = new Map<string, { session: McpSession; users: number }>();
			return {
				toolset(server, agent, filter) {
					const key = sessionKey(server, agent);
					const entry = shared.get(key) ?? {
						users: 0,
						session: createSession({
							server,
							clock,
							pins,
							report,
							breaker: breakerOf(identityOf(server)),
							connect: (events, signal) => open(server, { run, key: workspaceName(server, agent) }, events, signal),
						}),
					};
					entry.users += 1;
					shared.set(key, entry);
					return createToolset(server, entry.session, filter, async () => {
						entry.users -= 1;
						if (entry.users === 0) await entry.session.close();
					});
				},
			};
		},
		async probe(server) {
			const limit = AbortSignal.timeout(server.startTimeoutMs);
			let connection: McpConnection | null = null;
			try {
				const place = { run: 'doctor', key: workspaceName(server, 'doctor') };
				const events = { onToolsChanged: () => {}, onClosed: () => {} };
				connection = await open(server, place, events, limit);
				return { tools: (await connection.list(limit)).length, revision: connection.revision };
			} catch (error) {
				return { problem: startFailure(limit.aborted ? TIMED_OUT : error, server.startTimeoutMs, null) };
			} finally {
				await connection?.close();
			}
		},
	};
}

const TIMED_OUT = { code: 'REQUEST_TIMEOUT' };

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
		async tools() {
			const usable = (await session.tools()).filter(
				({ name }) => passes(server, name, own) && passes(server, name, filter),
			);
			definitions = new Map(usable.map((definition) => [toolName(server.name, definition.name), definition]));
			return [...definitions.values()].map((definition) => offeredTool(server, definition));
		},
		async call(name, input, signal) {
			const definition = definitions.get(name);
			if (definition === undefined) return { text: `There is no tool ${name} here.`, isError: true };
			return session.call(definition, input, signal);
		},
		close() {
			closing ??= release();
			return closing;
		},
	};
}

/** Servers that are launched alike are one server, but one that works in a folder has one for each agent. */
function sessionKey(server: McpServerSettings, agent: string): string {
	const isOwn = server.launch.type === 'stdio' && server.launch.workspace;
	return JSON.stringify([identityOf(server), isOwn ? agent : null]);
}

const identityOf = ({ name, launch }: McpServerSettings) => JSON.stringify([name, launch]);

const workspaceName = ({ name }: McpServerSettings, agent: string) => `mcp-${name}-${agent}`;
