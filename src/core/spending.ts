import type { BackendRequest } from './backend.ts';

/** Whose spending is counted together. `workspace`: a server or workspace. `process`: everybody's. */
export const BUDGET_SUBJECTS = ['user', 'channel', 'workspace', 'process'] as const;
export const BUDGET_WINDOWS = ['day', 'month'] as const;

/** In millionths of a US dollar, integers. */
export interface BudgetLimit {
	of: (typeof BUDGET_SUBJECTS)[number];
	each: (typeof BUDGET_WINDOWS)[number];
	/** Null: there is none. */
	soft: number | null;
	hard: number | null;
}

export interface BudgetRules {
	limits: readonly BudgetLimit[];
	/** Taken where an agent's output is not limited, in tokens. */
	assumedOutputTokens: number;
	/** Taken for a model without a price, in millionths of a US dollar for a token: what a million tokens cost in dollars. */
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

/** A model call that may be made. */
export interface Reservation {
	/** What it has really cost, in millionths of a US dollar; null: nobody knows, and all that was set aside is spent. Once. */
	settle(costMicroUsd: number | null): Promise<void>;
}

/** The budgets of people and places. */
export interface Spending {
	/** False: there are no limits, and nothing need be asked. */
	readonly isLimited: boolean;
	/**
	 * Sets aside the worst case of a call, in millionths of a US dollar, in every budget that it counts in, all or none.
	 * Null: a hard limit would be passed. Throws when the ledger cannot be written: the call must not be made.
	 */
	reserve(run: string, worstMicroUsd: number): Promise<Reservation | null>;
	/** The most a call can cost, in millionths of a US dollar, rounded up. */
	worstCase(call: { provider: string; model: string; maxOutputTokens: number | null; request: BackendRequest }): number;
}
