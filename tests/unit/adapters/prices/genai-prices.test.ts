import { describe, expect, test } from 'vitest';
import { createGenaiPrices } from '../../../../src/adapters/prices/genai-prices.ts';
import { type Usage, unknownUsage } from '../../../../src/core/usage.ts';

const usage = (inputTokens: number, cachedInputTokens: number | null, outputTokens: number): Usage => ({
	inputTokens,
	cachedInputTokens,
	outputTokens,
	reasoningTokens: null,
});

/** 10,000 tokens in, of them 4,000 from the cache; 1,000 out. */
const call = usage(10_000, 4_000, 1_000);

describe('the price of a model call', () => {
	test.each([
		// US dollars per million tokens in the table: input, cached input, output.
		['openai', 'gpt-5', 'at 1.25, 0.125 and 10', 18_000],
		['azure_openai', 'gpt-5', 'at 1.25, 0.125 and 10', 18_000],
		['openrouter', 'openai/gpt-5', 'at 1.25, 0.125 and 10', 18_000],
		['anthropic', 'claude-opus-5', 'at 5, 0.5 and 25', 57_000],
		['gemini', 'gemini-2.5-pro', 'at 1.25, 0.125 and 10', 18_000],
		['grok', 'grok-4', 'at 3, 0.75 and 15', 36_000],
		['groq', 'openai/gpt-oss-120b', 'at 0.15, 0.075 and 0.6', 1_800],
		['cerebras', 'gpt-oss-120b', 'at 0.35 cached or not, and 0.75', 4_250],
		['deepseek', 'deepseek-v3.2', 'at 0.2288 cached or not, and 0.3432', 2_631],
		['mistral', 'mistral-large-latest', 'at 2 cached or not, and 6', 26_000],
		['moonshot', 'kimi-k2-0905-preview', 'at 0.6, 0.15 and 2.5', 6_700],
		['huggingface', 'meta-llama/Llama-3.1-8B-Instruct:cerebras', 'at 0.1 cached or not, and 0.1', 1_100],
	])('%s %s %s', async (provider, model, _rates, microUsd) => {
		const prices = await createGenaiPrices({});
		expect(prices.cost(provider, model, call)).toBe(microUsd);
	});

	test('rises with the size of the prompt where the provider says so', async () => {
		const prices = await createGenaiPrices({});
		expect(prices.cost('gemini', 'gemini-2.5-pro', usage(200_000, 0, 0))).toBe(250_000);
		expect(prices.cost('gemini', 'gemini-2.5-pro', usage(200_001, 0, 0))).toBe(500_003);
	});

	test('is whole micro-dollars', async () => {
		const prices = await createGenaiPrices({});
		expect(prices.cost('openai', 'gpt-5', usage(1, 0, 0))).toBe(1);
		expect(prices.cost('openai', 'gpt-5', usage(0, 0, 0))).toBe(0);
	});

	test('takes input of which the provider did not say what was cached as not cached', async () => {
		const prices = await createGenaiPrices({});
		expect(prices.cost('openai', 'gpt-5', usage(10_000, null, 1_000))).toBe(22_500);
	});

	test('survives a provider that reports more cached input than input', async () => {
		const prices = await createGenaiPrices({});
		expect(prices.cost('openai', 'gpt-5', usage(10_000, 12_000, 0))).toBe(1_250);
	});
});

describe('an unknown price is null', () => {
	test.each([
		['a model that is not in the table', 'openai', 'gpt-99'],
		['a provider that is not in the table', 'my-own-endpoint', 'gpt-5'],
		['an endpoint whose name contains that of a known provider', 'openai-compatible', 'gpt-5'],
		['a model behind a router that does not say where it goes', 'huggingface', 'meta-llama/Llama-3.1-8B-Instruct'],
		['a route that is not in the table', 'huggingface', 'meta-llama/Llama-3.1-8B-Instruct:nobody'],
		['a model that Ollama passes on to its cloud', 'ollama', 'gpt-oss:120b-cloud'],
	])('for %s', async (_case, provider, model) => {
		const prices = await createGenaiPrices({});
		expect(prices.cost(provider, model, call)).toBeNull();
	});

	test.each(['inputTokens', 'outputTokens'] as const)('when %s are unknown', async (field) => {
		const prices = await createGenaiPrices({ mine: { input_per_million: 1, output_per_million: 1 } });
		expect(prices.cost('openai', 'gpt-5', { ...call, [field]: null })).toBeNull();
		expect(prices.cost('openai', 'mine', { ...call, [field]: null })).toBeNull();
	});
});

test.each(['scripted', 'ollama', 'lmstudio', 'vllm', 'sglang', 'llamacpp'])('%s costs nothing', async (provider) => {
	const prices = await createGenaiPrices({});
	expect(prices.cost(provider, 'any', call)).toBe(0);
	expect(prices.cost(provider, 'any', unknownUsage)).toBe(0);
});

describe('a price from the configuration', () => {
	const own = { input_per_million: 2, output_per_million: 8, cached_input_per_million: 0.5 };

	test('goes before the table', async () => {
		const prices = await createGenaiPrices({ 'gpt-5': own });
		expect(prices.cost('openai', 'gpt-5', call)).toBe(22_000);
		expect(prices.cost('azure_openai', 'gpt-5', call)).toBe(22_000);
	});

	test('may name the provider, which goes before one that does not', async () => {
		const dear = { input_per_million: 100, output_per_million: 100 };
		const prices = await createGenaiPrices({ 'openai/gpt-5': own, 'gpt-5': dear });
		expect(prices.cost('openai', 'gpt-5', call)).toBe(22_000);
		expect(prices.cost('azure_openai', 'gpt-5', call)).toBe(1_100_000);
	});

	test('bills cached input as input when it does not say otherwise', async () => {
		const prices = await createGenaiPrices({ 'my-model': { input_per_million: 2, output_per_million: 8 } });
		expect(prices.cost('my-own-endpoint', 'my-model', call)).toBe(28_000);
	});

	test('applies to local servers too', async () => {
		const prices = await createGenaiPrices({ 'vllm/qwen3': own });
		expect(prices.cost('vllm', 'qwen3', call)).toBe(22_000);
	});
});
