import type { Say } from '../../../core/say.ts';
import type { Spend } from '../../../core/usage.ts';

/** Calls, tokens and cost of a run, for one line. What is unknown is called unknown, never zero. */
export function spendText(spend: Spend, say: Say): string[] {
	const { inputTokens, outputTokens } = spend.usage;
	const tokens = inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens;
	return [
		say('spend.calls', { count: spend.modelCalls }),
		tokens === null ? say('spend.unknown_tokens') : say('spend.tokens', { count: tokens }),
		costText(spend, say),
	];
}

function costText({ costMicroUsd, unpricedCalls, modelCalls }: Spend, say: Say): string {
	if (costMicroUsd === null) return say('spend.unknown_cost', { unpriced: unpricedCalls, count: modelCalls });
	return dollars(costMicroUsd);
}

/** `$0.0123` below a dollar, cents above, `$0.00` only for what is really free. */
function dollars(micro: number): string {
	if (micro === 0) return '$0.00';
	if (micro < 100) return '<$0.0001';
	return `$${(micro / 1_000_000).toFixed(micro < 999_950 ? 4 : 2)}`;
}
