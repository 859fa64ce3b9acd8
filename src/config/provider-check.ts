import type { BackendSettings } from '../core/backend-settings.ts';
import type { Finding } from '../core/finding.ts';
import type { ConfiguredTeam } from './configured-team.ts';
import { addressVariable, keyVariables } from './provider-presets.ts';
import { reach } from './reach.ts';

/** How long a provider may take to list its models. */
const TIMEOUT_MS = 5_000;

/** Asks each provider of a team once, with its key, for its models: the cheapest call there is. */
export async function providerFindings(team: ConfiguredTeam, fetch: typeof globalThis.fetch): Promise<Finding[]> {
	const distinct = new Map<string, BackendSettings>();
	for (const { backend } of team.agents.values()) {
		if (backend.type !== 'scripted') distinct.set(`${backend.provider} ${backend.baseUrl} ${backend.apiKey}`, backend);
	}
	return Promise.all([...distinct.values()].map((backend) => check(backend, fetch)));
}

async function check(backend: BackendSettings, fetch: typeof globalThis.fetch): Promise<Finding> {
	const { provider } = backend;
	const { url, headers } = modelsRequest(backend);
	const host = URL.canParse(url) ? new URL(url).host : url;
	const reached = await reach(fetch, url, { ...headers, ...backend.headers }, TIMEOUT_MS);
	if (reached.type === 'unreachable') {
		const repair = `Check the network, the proxy, and the address (${addressVariable(provider)} or base_url); start the server if it is yours.`;
		return { level: 'error', what: `${provider} cannot be reached at ${host}: ${reached.reason}.`, repair };
	}
	const { status } = reached;
	// Gemini calls a wrong key a bad request.
	if (status === 401 || status === 403 || (backend.type === 'gemini' && status === 400)) {
		const variable = keyVariables(provider)[0] ?? '';
		const repair = `Set ${variable} to a valid key of this account, with the right to use its models.`;
		return { level: 'error', what: `${provider} refuses the key (HTTP status ${status} from ${host}).`, repair };
	}
	if (status >= 200 && status < 300) return { level: 'ok', what: `${provider} answers at ${host}.`, repair: null };
	if (status === 404 || status === 405) {
		return { level: 'ok', what: `${provider} answers at ${host}; it has no list of models.`, repair: null };
	}
	const repair = 'Wait and check again; if it stays so, look at the status page of the provider.';
	return { level: 'warning', what: `${provider} answers at ${host} with the HTTP status ${status}.`, repair };
}

function modelsRequest({ type, baseUrl, apiKey }: BackendSettings): { url: string; headers: Record<string, string> } {
	const key = apiKey ?? '';
	switch (type) {
		case 'anthropic':
			return {
				url: `${baseUrl ?? 'https://api.anthropic.com'}/v1/models`,
				headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
			};
		case 'gemini':
			return {
				url: `${baseUrl ?? 'https://generativelanguage.googleapis.com'}/v1beta/models`,
				headers: { 'x-goog-api-key': key },
			};
		default:
			return {
				url: `${baseUrl ?? 'https://api.openai.com/v1'}/models`,
				headers: key === '' ? {} : { authorization: `Bearer ${key}` },
			};
	}
}
