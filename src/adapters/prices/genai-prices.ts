import type { PriceTable, Usage } from '../../core/usage.ts';

/** US dollars per million tokens, as `config/` states them. */
export type PriceOverrides = Readonly<
	Record<string, { input_per_million: number; output_per_million: number; cached_input_per_million?: number }>
>;

/** Our provider ids in the words of the table, which would otherwise match an id of ours by a part of its name. */
const tableIds: Readonly<Record<string, string>> = {
	openai: 'openai',
	anthropic: 'anthropic',
	claude: 'anthropic',
	gemini: 'google',
	google: 'google',
	grok: 'x-ai',
	xai: 'x-ai',
	azure_openai: 'azure',
	groq: 'groq',
	cerebras: 'cerebras',
	together: 'together',
	openrouter: 'openrouter',
	deepseek: 'deepseek',
	mistral: 'mistral',
	fireworks: 'fireworks',
	moonshot: 'moonshotai',
	zai: 'zai',
	perplexity: 'perplexity',
	cohere: 'cohere',
	minimax: 'minimax',
};

/** Nobody sends a bill for these: a script, or a server on the user's own machines. */
const unbilled = new Set(['scripted', 'ollama', 'lmstudio', 'vllm', 'sglang', 'llamacpp', 'llama.cpp']);

/**
 * Prices of the `@pydantic/genai-prices` table as it was when the package was published, with the configuration's own
 * before them (keyed `provider/model` or `model`). A model the table does not know, or knows only half, costs null.
 * `cachedInputTokens` null counts as none cached, so the cost is then an upper bound. Written cache tokens, which some
 * providers bill above the input price, are not told apart from other input.
 */
export async function createGenaiPrices(overrides: PriceOverrides): Promise<PriceTable> {
	const { calcPrice } = await import('@pydantic/genai-prices');

	const fromTable = (provider: string, model: string, tokens: Tokens): number | null => {
		const place = placeInTable(provider, model);
		if (place === null) return null;
		const usage = { input_tokens: tokens.input, cache_read_tokens: tokens.cached, output_tokens: tokens.output };
		const price = calcPrice(usage, place.model, { providerId: place.provider });
		if (price?.provider.id !== place.provider) return null;
		const { input_mtok, output_mtok } = price.model_price;
		if (input_mtok === undefined || output_mtok === undefined) return null;
		return price.total_price * 1_000_000;
	};

	return {
		cost(provider, model, usage) {
			const override = overrides[`${provider}/${model}`] ?? overrides[model];
			if (override === undefined && isUnbilled(provider, model)) return 0;
			const tokens = tokensOf(usage);
			if (tokens === null) return null;
			if (override === undefined) return rounded(fromTable(provider, model, tokens));
			const cached = override.cached_input_per_million ?? override.input_per_million;
			return rounded(
				(tokens.input - tokens.cached) * override.input_per_million +
					tokens.cached * cached +
					tokens.output * override.output_per_million,
			);
		},
	};
}

interface Tokens {
	input: number;
	/** At most `input`. */
	cached: number;
	output: number;
}

function tokensOf({ inputTokens, cachedInputTokens, outputTokens }: Usage): Tokens | null {
	if (inputTokens === null || outputTokens === null) return null;
	return { input: inputTokens, cached: Math.min(cachedInputTokens ?? 0, inputTokens), output: outputTokens };
}

/** Ollama passes models named `...-cloud` on to its own paid service. */
function isUnbilled(provider: string, model: string): boolean {
	return unbilled.has(provider) && !(provider === 'ollama' && model.endsWith('-cloud'));
}

/** Hugging Face routes to other providers at their prices; the model says to which: `org/model:provider`. */
function placeInTable(provider: string, model: string): { provider: string; model: string } | null {
	if (provider === 'huggingface') {
		const [, name, route] = /^(.+):([a-z-]+)$/.exec(model) ?? [];
		return name === undefined ? null : { provider: `huggingface_${route}`, model: name };
	}
	const id = tableIds[provider];
	return id === undefined ? null : { provider: id, model };
}

const rounded = (microUsd: number | null) => (microUsd === null ? null : Math.round(microUsd));
