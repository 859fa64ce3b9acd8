import { BotError } from '../core/errors.ts';
import type { McpServerSettings } from '../core/mcp-settings.ts';
import type { ToolServerView } from '../core/tool-pins.ts';
import type { ToolPinBook } from './tool-pins.ts';

/** What people may look at and accept: the tools of the servers that are configured. */
export interface ToolBook {
	list(): Promise<readonly ToolServerView[]>;
	/**
	 * Accepts what is seen now of a tool (null: of all) of the servers of this name. Returns the names of the tools that
	 * were waiting for it. Throws `input_invalid` when no server has this name.
	 */
	accept(server: string, tool: string | null): Promise<readonly string[]>;
}

export function createToolBook(pins: ToolPinBook, servers: readonly McpServerSettings[]): ToolBook {
	return {
		list: () => Promise.all(servers.map((server) => pins.view(server))),
		async accept(name, tool) {
			const meant = servers.filter((server) => server.name === name);
			if (meant.length === 0) {
				const known = [...new Set(servers.map((server) => server.name))].join(', ');
				throw new BotError('input_invalid', `There is no MCP server ${name}. Known: ${known === '' ? 'none' : known}.`);
			}
			return (await Promise.all(meant.map((server) => pins.accept(server, tool)))).flat();
		},
	};
}
