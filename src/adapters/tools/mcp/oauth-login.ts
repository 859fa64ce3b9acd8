import { randomBytes } from 'node:crypto';
import type { OAuthClientMetadata, OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/client';
import type { Consent, McpOAuthSettings } from '../../../core/mcp-settings.ts';
import type { TokenVault } from './token-vault.ts';

/** Where a login goes when nobody is there to come back from it: servers want to know an address. */
const NOWHERE = 'http://127.0.0.1/callback';

/** What the SDK needs to know to log in to one server, and the login that it has asked for. */
export interface OAuthLogin {
	provider: OAuthClientProvider;
	/**
	 * Sends a person where the SDK wants them, and gives back what they return with; null: nobody can be sent, or nowhere
	 * to. Rejects when the answer is for another login.
	 */
	perform(signal: AbortSignal): Promise<URLSearchParams | null>;
}

export function createOAuthLogin(settings: McpOAuthSettings, vault: TokenVault, consent: Consent | null): OAuthLogin {
	const redirectUrl = consent?.redirectUrl ?? NOWHERE;
	let verifier = '';
	let state = '';
	let destination: URL | null = null;
	let discovery: OAuthDiscoveryState | undefined;
	const own = ownClient(settings);
	const provider: OAuthClientProvider = {
		redirectUrl,
		...(own.document === null ? {} : { clientMetadataUrl: own.document }),
		clientMetadata: metadataOf(settings, redirectUrl),
		state() {
			state = randomBytes(32).toString('base64url');
			return state;
		},
		async clientInformation(context) {
			if (own.registered !== null) return own.registered;
			const client = (await vault.read()).clients[context?.issuer ?? ''];
			return client !== undefined && fits(client, consent) ? client : undefined;
		},
		async saveClientInformation(client, context) {
			const issuer = context?.issuer ?? '';
			await vault.change((login) => ({ ...login, clients: { ...login.clients, [issuer]: client } }));
		},
		async tokens(context) {
			const { tokens, latest } = await vault.read();
			return tokens[context?.issuer ?? latest ?? ''];
		},
		async saveTokens(tokens, context) {
			const issuer = context?.issuer ?? '';
			await vault.change((login) => ({ ...login, tokens: { ...login.tokens, [issuer]: tokens }, latest: issuer }));
		},
		redirectToAuthorization(url) {
			destination = url;
		},
		saveCodeVerifier(text) {
			verifier = text;
		},
		codeVerifier: () => verifier,
		saveDiscoveryState(found) {
			discovery = found;
		},
		discoveryState: () => discovery,
		async invalidateCredentials(scope) {
			if (scope === 'discovery' || scope === 'all') discovery = undefined;
			if (scope === 'client' || scope === 'all') await vault.change((login) => ({ ...login, clients: {} }));
			if (scope === 'tokens' || scope === 'all') {
				await vault.change((login) => ({ ...login, tokens: {}, latest: null }));
			}
		},
	};
	return {
		provider,
		async perform(signal) {
			const url = destination;
			destination = null;
			if (url === null || consent === null) return null;
			const { searchParams } = await consent.ask(url, signal);
			// The SDK leaves this to its users: an answer to a login that nobody began is an attack.
			if (state === '' || searchParams.get('state') !== state) {
				throw new Error('the login came back with the answer to another login; begin it again');
			}
			state = '';
			return searchParams;
		},
	};
}

/** A client that was registered for another address to come back to cannot be used to log in. */
function fits(client: object, consent: Consent | null): boolean {
	if (consent === null || !('redirect_uris' in client) || !Array.isArray(client.redirect_uris)) return true;
	return client.redirect_uris.includes(consent.redirectUrl);
}

/** A client id that is an address is that of a document about this program. */
function ownClient({ clientId, clientSecret }: McpOAuthSettings) {
	if (clientId === null) return { document: null, registered: null };
	if (clientSecret === null && clientId.startsWith('https://')) return { document: clientId, registered: null };
	const secret = clientSecret === null ? {} : { client_secret: clientSecret };
	return { document: null, registered: { client_id: clientId, ...secret } };
}

function metadataOf({ scope }: McpOAuthSettings, redirectUrl: string): OAuthClientMetadata {
	return {
		client_name: 'MassGen Chat',
		redirect_uris: [redirectUrl],
		grant_types: ['authorization_code', 'refresh_token'],
		response_types: ['code'],
		...(scope === null ? {} : { scope }),
	};
}
