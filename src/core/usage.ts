import { z } from 'zod';

/** Tokens of one model call as the provider counted them; null where it did not say. */
export const usageSchema = z.object({
	/** All input tokens, cached ones included. */
	inputTokens: z.number().int().nonnegative().nullable(),
	/** The part of `inputTokens` that was read from the provider's cache. */
	cachedInputTokens: z.number().int().nonnegative().nullable(),
	/** All output tokens, reasoning included. */
	outputTokens: z.number().int().nonnegative().nullable(),
	/** The part of `outputTokens` that was spent on reasoning. */
	reasoningTokens: z.number().int().nonnegative().nullable(),
});
export type Usage = z.infer<typeof usageSchema>;

export const unknownUsage: Usage = {
	inputTokens: null,
	cachedInputTokens: null,
	outputTokens: null,
	reasoningTokens: null,
};

/** One finished (or broken off) model call, for the ledger. */
export const modelCallSchema = z.object({
	backend: z.string(),
	model: z.string(),
	usage: usageSchema,
	/** Millionths of a US dollar; null means unknown, never free. */
	costMicroUsd: z.number().nonnegative().nullable(),
	/** The provider's name. This and what follows is missing in journals of earlier versions. */
	provider: z.string().optional(),
	/** Milliseconds since the epoch. */
	startedAt: z.number().int().optional(),
	/** From the request to the end of the stream, in milliseconds, waits for the rate limit and further tries included. */
	durationMs: z.number().nonnegative().optional(),
	/** Until something came of the model, in milliseconds; left out: nothing did. */
	firstMs: z.number().nonnegative().optional(),
	/** Why it failed, as a `BackendFailure`; left out: it did not. */
	failure: z.string().optional(),
});
export type ModelCall = z.infer<typeof modelCallSchema>;

/** The sum over a run. A null total means that at least one call did not report it. */
export const spendSchema = z.object({
	modelCalls: z.number().int().nonnegative(),
	usage: usageSchema,
	costMicroUsd: z.number().nonnegative().nullable(),
	/** Calls whose cost is unknown. */
	unpricedCalls: z.number().int().nonnegative(),
});
export type Spend = z.infer<typeof spendSchema>;

export const noSpend: Spend = {
	modelCalls: 0,
	usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 },
	costMicroUsd: 0,
	unpricedCalls: 0,
};

const sum = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);

/** Adds calls to a spend. Unknown stays unknown: it is never counted as zero. */
export function addCalls(spend: Spend, calls: readonly ModelCall[]): Spend {
	return calls.reduce<Spend>(
		(total, call) => ({
			modelCalls: total.modelCalls + 1,
			usage: {
				inputTokens: sum(total.usage.inputTokens, call.usage.inputTokens),
				cachedInputTokens: sum(total.usage.cachedInputTokens, call.usage.cachedInputTokens),
				outputTokens: sum(total.usage.outputTokens, call.usage.outputTokens),
				reasoningTokens: sum(total.usage.reasoningTokens, call.usage.reasoningTokens),
			},
			costMicroUsd: sum(total.costMicroUsd, call.costMicroUsd),
			unpricedCalls: total.unpricedCalls + (call.costMicroUsd === null ? 1 : 0),
		}),
		spend,
	);
}

/** Prices of models. Adapters bring the table; configuration may override it. */
export interface PriceTable {
	/** Millionths of a US dollar for one call, or null when the model or its usage is unknown. */
	cost(provider: string, model: string, usage: Usage): number | null;
}
