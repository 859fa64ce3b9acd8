import type { BackendSettings } from '../core/backend-settings.ts';
import type { PriceTable } from '../core/usage.ts';
import type { ConfiguredTeam } from './configured-team.ts';

/** What summing up a page costs: much is read and little written. */
const TYPICAL = { inputTokens: 1_000_000, cachedInputTokens: 0, outputTokens: 100_000, reasoningTokens: 0 };

/**
 * The cheapest model of these teams; one without a price counts as dearer than all that have one. A script counts only if
 * it says how it sums up. Null: there is none.
 */
export function cheapestOf(teams: readonly ConfiguredTeam[], prices: PriceTable): BackendSettings | null {
	const backends = teams.flatMap(({ agents }) => [...agents.values()].map(({ backend }) => backend));
	const costOf = ({ provider, model }: BackendSettings) => prices.cost(provider, model, TYPICAL) ?? Number.MAX_VALUE;
	return backends
		.filter(isModel)
		.reduce<BackendSettings | null>((best, one) => (best === null || costOf(one) < costOf(best) ? one : best), null);
}

function isModel({ type, script }: BackendSettings): boolean {
	return type !== 'scripted' || (typeof script === 'object' && script !== null && 'digest' in script);
}
