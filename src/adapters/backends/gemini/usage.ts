import type { GenerateContentResponseUsageMetadata } from '@google/genai';
import { type Usage, unknownUsage } from '../../../core/usage.ts';

/** The usage of one reply, which may take several requests. */
export interface UsageMeter {
	/** The latest report of the current request; it replaces those before. */
	report(reported: GenerateContentResponseUsageMetadata | undefined): void;
	/** Begins to count a further request. */
	goOn(): void;
	total(): Usage;
}

export function createUsageMeter(): UsageMeter {
	let earlier: Usage | null = null;
	let current: Usage | null = null;
	const total = () => (earlier === null || current === null ? (current ?? earlier) : sum(earlier, current));
	return {
		report(reported) {
			if (reported) current = usageOf(reported);
		},
		goOn() {
			earlier = total();
			current = null;
		},
		total: () => total() ?? unknownUsage,
	};
}

/** Protocol buffers leave zeros out, so within a report what is not said is 0. */
function usageOf(reported: GenerateContentResponseUsageMetadata): Usage {
	const thoughts = reported.thoughtsTokenCount ?? 0;
	return {
		inputTokens: (reported.promptTokenCount ?? 0) + (reported.toolUsePromptTokenCount ?? 0),
		cachedInputTokens: reported.cachedContentTokenCount ?? 0,
		outputTokens: (reported.candidatesTokenCount ?? 0) + thoughts,
		reasoningTokens: thoughts,
	};
}

function sum(a: Usage, b: Usage): Usage {
	return {
		inputTokens: (a.inputTokens ?? 0) + (b.inputTokens ?? 0),
		cachedInputTokens: (a.cachedInputTokens ?? 0) + (b.cachedInputTokens ?? 0),
		outputTokens: (a.outputTokens ?? 0) + (b.outputTokens ?? 0),
		reasoningTokens: (a.reasoningTokens ?? 0) + (b.reasoningTokens ?? 0),
	};
}
