import type { Principal } from './gateway.ts';
import type { StoreChange } from './store.ts';

/**
 * One thing that happened, for the audit. Texts are freed of secrets before they are stored. What is left out does not
 * apply.
 */
export interface AuditRow {
	/** Whose chain it belongs to. */
	platform: string;
	tenant: string;
	actor: { platform: string; id: string };
	/** A verb in dots, such as `role.grant`, `approval.decide`, `command.refuse`. */
	action: string;
	target: { type: string; id: string };
	outcome: 'done' | 'refused' | 'failed';
	/** Why, in words or as a code. */
	reason?: string;
	run?: string;
	step?: string;
	approval?: string;
	/** Of what was decided on. */
	digest?: string;
	policyVersion?: string;
	/** The id of the inbound that asked for it. */
	request?: string;
	/** Digests of what was changed. */
	before?: string;
	after?: string;
	/** Further facts, as JSON. */
	details?: Readonly<Record<string, unknown>>;
}

/** Append-only, one chain of hashes for each tenant. */
export interface Audit {
	/**
	 * Commits the changes and the rows together: all or nothing, durable when it resolves. The versions of puts and the
	 * numbers of appends of `changes` come back, as from `Store.commit`. The rows' place in their chain is found again as
	 * often as others were faster. Throws `store_conflict` when an expectation of `changes` themselves does not hold, and
	 * what the store throws: then nothing has happened, and whatever the rows tell of must not.
	 */
	record(rows: readonly AuditRow[], changes?: readonly StoreChange[]): Promise<readonly number[]>;
}

/** What every row says of who did it and where. */
export const actorOf = ({ platform, tenant, user }: Principal): Pick<AuditRow, 'platform' | 'tenant' | 'actor'> => ({
	platform,
	tenant,
	actor: { platform, id: user },
});
