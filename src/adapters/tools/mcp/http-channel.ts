import type { McpHttpLaunch } from '../../../core/mcp-settings.ts';
import { createCheckedFetch } from './checked-fetch.ts';
import type { Channel } from './connection.ts';
import { loginNeeded } from './failure-text.ts';
import { tooLong } from './message-limit.ts';
import type { OAuthLogin } from './oauth-login.ts';

/** A channel to a server over streamable HTTP, whose addresses are checked. `login`: null when it may ask for none. */
export async function openHttpChannel(launch: McpHttpLaunch, login: OAuthLogin | null): Promise<Channel> {
	const { StreamableHTTPClientTransport, UnauthorizedError } = await import('@modelcontextprotocol/client');
	let reason: string | null = null;
	const web = createCheckedFetch(launch, () => {
		reason = tooLong;
		// The SDK would wait for the rest.
		void transport.close();
	});
	const transport = new StreamableHTTPClientTransport(new URL(launch.url), {
		fetch: web.fetch,
		requestInit: { headers: launch.headers },
		...(login === null ? {} : { authProvider: login.provider }),
	});
	return {
		transport,
		image: null,
		reason: () => reason,
		async logIn(error, signal) {
			if (!(error instanceof UnauthorizedError) || login === null) return false;
			const answer = await login.perform(signal);
			if (answer === null) throw loginNeeded();
			await transport.finishAuth(answer);
			return true;
		},
		async close() {
			await transport.close().catch(() => {});
			web.close();
		},
	};
}
