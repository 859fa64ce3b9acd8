import type { EndpointCapabilities } from '../core/backend-settings.ts';

/** What is known of a provider before anybody configures it. */
export interface ProviderPreset {
	/** Null: the SDK's own default. */
	baseUrl: string | null;
	/** Environment variables that may hold the key, the first that is set wins. */
	keyVariables: readonly string[];
	/** False: its usual server runs on the user's machine and wants no key. */
	needsKey: boolean;
	endpoint: EndpointCapabilities;
}

/** What a server of unknown make is trusted to understand. */
export const unknownEndpoint: EndpointCapabilities = {
	streamUsage: true,
	requiredToolChoice: false,
	strictTools: false,
	maxTokensField: 'max_tokens',
};

const full: EndpointCapabilities = { ...unknownEndpoint, requiredToolChoice: true };
const renamed: EndpointCapabilities = { ...full, maxTokensField: 'max_completion_tokens' };

const cloud = (baseUrl: string, keyVariable: string, endpoint: EndpointCapabilities = full): ProviderPreset => ({
	baseUrl,
	keyVariables: [keyVariable],
	needsKey: true,
	endpoint,
});

const local = (baseUrl: string, keyVariable: string, endpoint: EndpointCapabilities): ProviderPreset => ({
	baseUrl,
	keyVariables: [keyVariable],
	needsKey: false,
	endpoint,
});

/** By provider name, as it stands in `providers:` and in messages. */
export const providerPresets: Readonly<Record<string, ProviderPreset>> = {
	openai: {
		baseUrl: null,
		keyVariables: ['OPENAI_API_KEY'],
		needsKey: true,
		endpoint: { ...renamed, strictTools: true },
	},
	anthropic: { baseUrl: null, keyVariables: ['ANTHROPIC_API_KEY'], needsKey: true, endpoint: full },
	gemini: { baseUrl: null, keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'], needsKey: true, endpoint: full },
	/** Its address is the user's own resource, from `AZURE_OPENAI_ENDPOINT` or `base_url`. */
	azure_openai: {
		baseUrl: null,
		keyVariables: ['AZURE_OPENAI_API_KEY'],
		needsKey: true,
		endpoint: { ...renamed, strictTools: true },
	},
	xai: cloud('https://api.x.ai/v1', 'XAI_API_KEY'),
	groq: cloud('https://api.groq.com/openai/v1', 'GROQ_API_KEY', renamed),
	cerebras: cloud('https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY', renamed),
	together: cloud('https://api.together.xyz/v1', 'TOGETHER_API_KEY'),
	fireworks: cloud('https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY'),
	openrouter: cloud('https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'),
	deepseek: cloud('https://api.deepseek.com', 'DEEPSEEK_API_KEY'),
	/** Sends usage without being asked and refuses fields it does not know. */
	mistral: cloud('https://api.mistral.ai/v1', 'MISTRAL_API_KEY', { ...full, streamUsage: false }),
	huggingface: {
		...cloud('https://router.huggingface.co/v1', 'HUGGINGFACE_API_KEY', unknownEndpoint),
		keyVariables: ['HUGGINGFACE_API_KEY', 'HF_TOKEN'],
	},
	moonshot: cloud('https://api.moonshot.ai/v1', 'MOONSHOT_API_KEY', unknownEndpoint),
	nebius: cloud('https://api.studio.nebius.com/v1', 'NEBIUS_API_KEY', unknownEndpoint),
	poe: cloud('https://api.poe.com/v1', 'POE_API_KEY', unknownEndpoint),
	zai: cloud('https://api.z.ai/api/paas/v4', 'ZAI_API_KEY', unknownEndpoint),
	qwen: {
		...cloud('https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'QWEN_API_KEY', unknownEndpoint),
		keyVariables: ['QWEN_API_KEY', 'DASHSCOPE_API_KEY'],
	},
	ollama: local('http://127.0.0.1:11434/v1', 'OLLAMA_API_KEY', unknownEndpoint),
	lmstudio: local('http://127.0.0.1:1234/v1', 'LMSTUDIO_API_KEY', unknownEndpoint),
	llamacpp: local('http://127.0.0.1:8080/v1', 'LLAMACPP_API_KEY', unknownEndpoint),
	vllm: local('http://127.0.0.1:8000/v1', 'VLLM_API_KEY', full),
	sglang: local('http://127.0.0.1:30000/v1', 'SGLANG_API_KEY', full),
	inference: local('http://127.0.0.1:8000/v1', 'INFERENCE_API_KEY', unknownEndpoint),
};

/** The variable that holds a provider's address: `GROQ_BASE_URL`. Ollama and Azure keep the names their users know. */
export function addressVariable(provider: string): string {
	if (provider === 'ollama') return 'OLLAMA_HOST';
	if (provider === 'azure_openai') return 'AZURE_OPENAI_ENDPOINT';
	return `${variablePrefix(provider)}_BASE_URL`;
}

/** The variables that may hold a provider's key. */
export function keyVariables(provider: string): readonly string[] {
	return providerPresets[provider]?.keyVariables ?? [`${variablePrefix(provider)}_API_KEY`];
}

const variablePrefix = (provider: string) => provider.toUpperCase().replace(/[^A-Z0-9]/g, '_');

/** Whose server an address is, by its host; null when nobody's we know. */
export function providerAt(baseUrl: string): string | null {
	const host = hostOf(baseUrl);
	if (host === null) return null;
	if (host === 'api.openai.com') return 'openai';
	if (host.endsWith('.openai.azure.com')) return 'azure_openai';
	for (const [provider, preset] of Object.entries(providerPresets)) {
		if (preset.needsKey && preset.baseUrl !== null && hostOf(preset.baseUrl) === host) return provider;
	}
	return null;
}

function hostOf(address: string): string | null {
	return URL.canParse(address) ? new URL(address).hostname : null;
}
