import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import type { Client } from './clients.ts';
import type { ServedParts } from './parts.ts';
import { refusalOf } from './refusal-of.ts';
import type { Progress } from './run-state.ts';
import { answerSchema, askSchema, askTeam, lineOf, TEAM_TOOL } from './team-tool.ts';

/** Makes the MCP server of one client's request or session: one tool that asks a team. */
export async function loadMcpServer(parts: ServedParts): Promise<(client: Client) => McpServer> {
	const { McpServer } = await import('@modelcontextprotocol/server');
	const { name, ...about } = TEAM_TOOL;
	const annotations = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true };
	const shape = { ...about, inputSchema: askSchema, outputSchema: answerSchema, annotations };
	return (client) => {
		const server = new McpServer({ name: 'massgen-chat', version: parts.version });
		server.registerTool(name, shape, async (given, context) => {
			const { signal } = context.mcpReq;
			try {
				const told = await askTeam(parts, client, given, { signal, tell: telling(context, parts) });
				const content = [{ type: 'text' as const, text: told.text }];
				return { content, structuredContent: told.structured, isError: told.isError };
			} catch (thrown) {
				const { message } = signal.aborted ? { message: 'cancelled' } : refusalOf(thrown, parts);
				return { content: [{ type: 'text', text: message }], isError: true };
			}
		});
		return server;
	};
}

/** Tells whoever wants to know how far the team has got, each step once. */
function telling({ mcpReq }: ServerContext, { onProblem }: ServedParts): (progress: Progress) => void {
	const token = mcpReq._meta?.progressToken;
	let shown = '';
	let count = 0;
	return (progress) => {
		const message = lineOf(progress);
		if (token === undefined || message === shown) return;
		shown = message;
		count += 1;
		// How many steps there will be is not known: a better answer begins the vote anew.
		const params = { progressToken: token, progress: count, message };
		mcpReq.notify({ method: 'notifications/progress', params }).catch((error: unknown) => {
			if (!mcpReq.signal.aborted) onProblem(error);
		});
	};
}
