import type { BackendRequest } from './backend.ts';
import type { Usage } from './usage.ts';

/** Whose spending is counted together. `workspace`: a server or workspace. `process`: everybody's. */
export const BUDGET_SUBJECTS = ['user', 'channel', 'workspace', 'process'] as const;
/** Days and months of UTC. */
export const BUDGET_WINDOWS = ['day', 'month'] as const;

/** In millionths of a US dollar, integers. */
export interface BudgetLimit {
	of: (typeof BUDGET_SUBJECTS)[number];
	each: (typeof BUDGET_WINDOWS)[number];
	/** Above it somebody is told. Null: there is none. */
	soft: number | null;
	/** Above it nothing is spent. Null: there is none. */
	hard: number | null;
}

export interface BudgetRules {
	limits: readonly BudgetLimit[];
	/** Taken where an agent's output is not limited, in tokens. */
	assumedOutputTokens: number;
	/** Taken for a model without a price, in millionths of a US dollar for a token. */
	assumedPrice: { input: number; output: number };
}

/** Who pays for a run's model calls. */
export interface Payer {
	platform: string;
	tenant: string;
	channel: string;
	/** Null: nobody in particular. */
	user: string | null;
}

/** A model call that is about to be made. */
export interface PlannedCall {
	payer: Payer;
	provider: string;
	model: string;
	/** Null: not limited. */
	maxOutputTokens: number | null;
	request: BackendRequest;
}

/** Money that was set aside for one call. */
export interface Reservation {
	/** What the call has used, once; null: it was certainly not billed. What nobody knows counts as the worst case. */
	settle(usage: Usage | null): Promise<void>;
}

/** The budgets of people and places. */
export interface Spending {
	/** False: there are no limits, and nothing need be asked. */
	readonly isLimited: boolean;
	/**
	 * Sets the worst case of a call aside in every budget that it counts in, all or none. Null: a hard limit would be
	 * passed. Throws when the ledger cannot be read or written: the call must not be made.
	 */
	reserve(call: PlannedCall): Promise<Reservation | null>;
}
