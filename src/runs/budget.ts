import type { Rules } from '../core/team.ts';
import type { Spend } from '../core/usage.ts';

/**
 * Whether a run has used up one of its limits. Checked after each model call, so parallel calls may exceed
 * a limit by what was in flight. Unknown costs and tokens cannot count: `doctor` warns about them.
 */
export function isOverBudget({ budget }: Rules, spend: Spend): boolean {
	const reached = (used: number | null, limit: number | null) => limit !== null && used !== null && used >= limit;
	const { inputTokens, outputTokens } = spend.usage;
	const tokens = inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens;
	return (
		reached(spend.costMicroUsd, budget.costMicroUsd) ||
		reached(tokens, budget.tokens) ||
		reached(spend.modelCalls, budget.modelCalls)
	);
}
