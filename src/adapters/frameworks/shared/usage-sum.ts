import { type Usage, unknownUsage } from '../../../core/usage.ts';

/** Adds up what the model calls of one reply used. A call that does not say makes the sum unknown, and so does none at all. */
export interface UsageSum {
	add(usage: Usage): void;
	total(): Usage;
}

export function createUsageSum(): UsageSum {
	let sum: Usage | null = null;
	return {
		add(usage) {
			sum = sum === null ? usage : plus(sum, usage);
		},
		total: () => sum ?? unknownUsage,
	};
}

function plus(a: Usage, b: Usage): Usage {
	const both = (one: number | null, other: number | null) => (one === null || other === null ? null : one + other);
	return {
		inputTokens: both(a.inputTokens, b.inputTokens),
		cachedInputTokens: both(a.cachedInputTokens, b.cachedInputTokens),
		outputTokens: both(a.outputTokens, b.outputTokens),
		reasoningTokens: both(a.reasoningTokens, b.reasoningTokens),
	};
}

/** A count of a foreign library; null for what is none. */
export const countOf = (value: unknown): number | null =>
	typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
