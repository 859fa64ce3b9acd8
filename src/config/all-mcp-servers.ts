import type { McpServerSettings } from '../core/mcp-settings.ts';
import type { LoadedConfig } from './check-config.ts';
import type { AgentTools } from './configured-team.ts';

/** The servers of an agent: its own, and those of every agent unless it has one of the same name. */
export function serversOf(tools: AgentTools, shared: readonly McpServerSettings[]): McpServerSettings[] {
	const own = new Set(tools.servers.map(({ name }) => name));
	return [...tools.servers, ...shared.filter(({ name }) => !own.has(name))];
}

/** Every server of the configuration once, however many agents have it. */
export function allMcpServers({ settings, teams }: LoadedConfig): McpServerSettings[] {
	const agents = [...teams.values()].flatMap((team) => [...team.agents.values()]);
	const servers = [...settings.mcpServers, ...agents.flatMap(({ tools }) => tools.servers)];
	return [...new Map(servers.map((server) => [JSON.stringify([server.name, server.launch]), server])).values()];
}
