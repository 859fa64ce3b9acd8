import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An authorisation server for one MCP server, which lets everybody in who does everything right. */
export interface LoginServer {
	url: string;
	/** The token that it gives out. */
	token: string;
	/** What clients asked of its addresses, in order. */
	readonly asked: readonly string[];
	close(): Promise<void>;
}

export async function startLoginServer(token: string): Promise<LoginServer> {
	const asked: string[] = [];
	/** By code. */
	const begun = new Map<string, URLSearchParams>();
	const server = createServer(async (request, response) => {
		const url = new URL(request.url ?? '/', origin);
		asked.push(url.pathname);
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const body = Buffer.concat(chunks).toString();
		const answer = (status: number, value: unknown, headers: Record<string, string> = {}) =>
			response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
		switch (url.pathname) {
			case '/.well-known/oauth-authorization-server':
				return answer(200, {
					issuer: origin,
					authorization_endpoint: `${origin}/authorize`,
					token_endpoint: `${origin}/token`,
					registration_endpoint: `${origin}/register`,
					response_types_supported: ['code'],
					code_challenge_methods_supported: ['S256'],
					authorization_response_iss_parameter_supported: true,
				});
			case '/register':
				return answer(201, { ...JSON.parse(body), client_id: 'client-1' });
			case '/authorize': {
				const code = `code-${begun.size}`;
				begun.set(code, url.searchParams);
				const back = new URL(url.searchParams.get('redirect_uri') ?? origin);
				const state = url.searchParams.get('state') ?? '';
				for (const [name, value] of Object.entries({ code, state, iss: origin })) back.searchParams.set(name, value);
				return answer(302, {}, { location: back.href });
			}
			case '/token': {
				const given = new URLSearchParams(body);
				const request = begun.get(given.get('code') ?? '');
				const challenge = createHash('sha256')
					.update(given.get('code_verifier') ?? '')
					.digest('base64url');
				const isRight =
					request?.get('code_challenge') === challenge && given.get('resource') === request.get('resource');
				if (!isRight) return answer(400, { error: 'invalid_grant' });
				return answer(200, { access_token: token, token_type: 'Bearer', expires_in: 3_600 });
			}
			default:
				return answer(404, {});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		url: origin,
		token,
		asked,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
