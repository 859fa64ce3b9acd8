import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import type { AuditRow } from '../core/audit.ts';
import { canonicalJson } from '../core/canonical-json.ts';

/** What the first row of a chain follows. */
const NO_HASH = '0'.repeat(64);

const named = z.object({ type: z.string(), id: z.string() });
const optional = z.string().optional();

/** A row as it is stored: nobody adds to it or takes from it. */
export const sealedRowSchema = z.strictObject({
	v: z.literal(1),
	/** Counted from 1 in each chain, without gaps. */
	seq: z.number().int().positive(),
	/** ISO 8601, UTC. */
	at: z.string(),
	platform: z.string(),
	tenant: z.string(),
	actor: z.strictObject({ platform: z.string(), id: z.string() }),
	action: z.string(),
	target: named,
	outcome: z.enum(['done', 'refused', 'failed']),
	reason: optional,
	run: optional,
	step: optional,
	approval: optional,
	digest: optional,
	policyVersion: optional,
	request: optional,
	before: optional,
	after: optional,
	details: z.record(z.string(), z.unknown()).optional(),
	/** Texts in which secrets were found and taken out. */
	redactions: z.number().int().nonnegative(),
	prevHash: z.string(),
	hash: z.string(),
});
export type SealedRow = z.infer<typeof sealedRowSchema>;

/** Where a chain has got to. */
export interface Head {
	seq: number;
	hash: string;
}

export const START: Head = { seq: 0, hash: NO_HASH };

/** The next row of a chain. */
export function sealed(row: AuditRow & { redactions: number }, head: Head, now: number, key: Buffer): SealedRow {
	const at = new Date(now).toISOString();
	const open = { v: 1 as const, seq: head.seq + 1, at, ...row, prevHash: head.hash };
	return { ...open, hash: hashOf(open, key) };
}

/** HMAC-SHA256 over the hash before it and the row without its own. */
export function hashOf(row: Omit<SealedRow, 'hash'>, key: Buffer): string {
	return createHmac('sha256', key).update(row.prevHash).update(canonicalJson(row)).digest('hex');
}

/** Names a chain in the store: platforms choose the length of their ids, the store takes short names. */
export const chainOf = ({ platform, tenant }: { platform: string; tenant: string }): string =>
	`audit-${createHash('sha256')
		.update(JSON.stringify([platform, tenant]))
		.digest('hex')
		.slice(0, 40)}`;
