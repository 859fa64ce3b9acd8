import type { BackendConfig } from './backend-schema.ts';
import type { BackendType } from './backend-types.ts';
import type { ProviderConfig } from './file-schema.ts';
import type { Environment } from './prepare.ts';
import { addressVariable, keyVariables, providerAt, providerPresets } from './provider-presets.ts';

/** The name of a server that nobody has named. */
const UNNAMED = 'openai-compatible';

export interface ProviderChoice {
	provider: string;
	/** True: calls without a key are bound to fail. */
	needsKey: boolean;
	/** Variables that may hold the key. None for a server that only a file names: it gets no key it was not given. */
	keys: readonly string[];
	/** The variable that may hold the address. */
	addressVariable: string;
}

interface Sources {
	env: Environment;
	providers: Readonly<Record<string, ProviderConfig>>;
}

/** Whose server an agent talks to: what it says, else its type, else its address. */
export function providerOf(config: BackendConfig, type: BackendType, { env, providers }: Sources): ProviderChoice {
	if (type.adapter === 'scripted') return { provider: 'scripted', needsKey: false, keys: [], addressVariable: '' };
	const named = config.provider ?? type.provider;
	if (named !== null) {
		const variable = addressVariable(named);
		const elsewhere = config.base_url ?? (env[variable] || providers[named]?.base_url);
		const atHome = elsewhere === undefined || elsewhere === '' || providerAt(elsewhere) === named;
		const needsKey = providerPresets[named]?.needsKey === true && (atHome || named === 'azure_openai');
		return { provider: named, needsKey, keys: keyVariables(named), addressVariable: variable };
	}
	const compatible = { keys: keyVariables('openai'), addressVariable: addressVariable('openai') };
	const address = config.base_url ?? (env[compatible.addressVariable] || 'https://api.openai.com/v1');
	const provider = providerAt(address);
	if (provider === null) {
		return {
			...compatible,
			provider: UNNAMED,
			needsKey: false,
			keys: config.base_url === undefined ? compatible.keys : [],
		};
	}
	const keys = config.base_url === undefined ? [...keyVariables(provider), ...compatible.keys] : keyVariables(provider);
	return { ...compatible, provider, needsKey: true, keys: [...new Set(keys)] };
}

/** The address to call, or null for the SDK's own default. No slash at its end. */
export function addressOf(
	config: BackendConfig,
	type: BackendType,
	choice: ProviderChoice,
	sources: Sources,
): string | null {
	if (type.adapter === 'scripted') return null;
	const fromEnvironment = sources.env[choice.addressVariable] || undefined;
	const fallback = type.provider === null && choice.provider === 'openai' ? 'https://api.openai.com/v1' : null;
	const address =
		config.base_url ??
		(fromEnvironment === undefined ? undefined : normalise(choice.provider, fromEnvironment)) ??
		sources.providers[choice.provider]?.base_url ??
		providerPresets[choice.provider]?.baseUrl ??
		fallback;
	if (address === null) return null;
	const trimmed = address.replace(/\/+$/, '');
	return choice.provider === 'azure_openai' && !trimmed.includes('/openai') ? `${trimmed}/openai/v1` : trimmed;
}

function normalise(provider: string, address: string): string {
	return provider === 'ollama' ? `${ollamaAddress(address)}/v1` : address;
}

/** `OLLAMA_HOST` as its own programs read it: scheme and port may be missing, and 0.0.0.0 means this machine. */
export function ollamaAddress(host: string): string {
	const full = /^https?:\/\//.test(host) ? host : `http://${host}`;
	if (!URL.canParse(full)) return full;
	const url = new URL(full);
	if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
	if (url.port === '' && url.protocol === 'http:') url.port = '11434';
	return url.origin;
}
