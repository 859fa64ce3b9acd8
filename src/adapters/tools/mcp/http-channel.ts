import type { OAuthClientProvider } from '@modelcontextprotocol/client';
import type { McpHttpLaunch } from '../../../core/mcp-settings.ts';
import { createCheckedFetch } from './checked-fetch.ts';
import type { Channel } from './connection.ts';
import { tooLong } from './message-limit.ts';

/** A channel to a server over streamable HTTP, whose addresses are checked. */
export async function openHttpChannel(
	launch: McpHttpLaunch,
	authProvider: OAuthClientProvider | null,
): Promise<Channel> {
	const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
	let reason: string | null = null;
	const web = createCheckedFetch(launch, () => {
		reason = tooLong;
		// The SDK would wait for the rest.
		void transport.close();
	});
	const transport = new StreamableHTTPClientTransport(new URL(launch.url), {
		fetch: web.fetch,
		requestInit: { headers: launch.headers },
		...(authProvider === null ? {} : { authProvider }),
	});
	return {
		transport,
		image: null,
		reason: () => reason,
		async close() {
			await transport.close().catch(() => {});
			web.close();
		},
	};
}
