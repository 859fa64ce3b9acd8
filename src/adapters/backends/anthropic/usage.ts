import type { MessageDeltaUsage } from '@anthropic-ai/sdk/resources/messages';
import type { Usage } from '../../../core/usage.ts';

/** What both places of a stream that report usage have in common. */
type Reported = Partial<
	Pick<
		MessageDeltaUsage,
		| 'input_tokens'
		| 'cache_creation_input_tokens'
		| 'cache_read_input_tokens'
		| 'output_tokens'
		| 'output_tokens_details'
	>
>;

/** The usage after one more report: reports are cumulative, and null means no news. */
export interface UsageMeter {
	report(usage: Reported | undefined): void;
	total(): Usage;
}

export function createUsageMeter(): UsageMeter {
	const latest: Reported = {};
	return {
		report(usage) {
			for (const [name, value] of Object.entries(usage ?? {})) {
				if (value !== null && value !== undefined) Object.assign(latest, { [name]: value });
			}
		},
		total() {
			const { input_tokens: fresh, output_tokens: output } = latest;
			const written = latest.cache_creation_input_tokens ?? 0;
			const read = latest.cache_read_input_tokens;
			return {
				// Anthropic counts input beside the cache; ours includes what was read from it and written to it.
				inputTokens: fresh == null ? null : fresh + written + (read ?? 0),
				cachedInputTokens: read ?? null,
				outputTokens: output ?? null,
				reasoningTokens: latest.output_tokens_details?.thinking_tokens ?? null,
			};
		},
	};
}

/** Two requests of one call. What one did not say, their sum does not say. */
export function addUsage(a: Usage, b: Usage): Usage {
	const sum = (name: keyof Usage) => {
		const [x, y] = [a[name], b[name]];
		return x === null || y === null ? null : x + y;
	};
	return {
		inputTokens: sum('inputTokens'),
		cachedInputTokens: sum('cachedInputTokens'),
		outputTokens: sum('outputTokens'),
		reasoningTokens: sum('reasoningTokens'),
	};
}
