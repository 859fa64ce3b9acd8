import type { OAuthClientProvider } from '@modelcontextprotocol/client';
import type { McpHttpLaunch } from '../../../core/mcp-settings.ts';
import { createCheckedFetch } from './checked-fetch.ts';
import type { Channel } from './connection.ts';

/** A channel to a server over streamable HTTP, whose addresses are checked. */
export async function openHttpChannel(
	launch: McpHttpLaunch,
	authProvider: OAuthClientProvider | null,
): Promise<Channel> {
	const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
	const web = createCheckedFetch(launch);
	const transport = new StreamableHTTPClientTransport(new URL(launch.url), {
		fetch: web.fetch,
		requestInit: { headers: launch.headers },
		...(authProvider === null ? {} : { authProvider }),
	});
	return {
		transport,
		image: null,
		reason: () => null,
		async close() {
			await transport.close().catch(() => {});
			web.close();
		},
	};
}
