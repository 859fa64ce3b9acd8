import type { Approval, ApprovalItem } from '../core/approval.ts';

/** The items of a request that still wait. */
export const pendingIn = ({ items }: Approval): readonly ApprovalItem[] =>
	items.filter(({ state }) => state === 'pending');

export const itemOf = ({ items }: Approval, callId: string): ApprovalItem | null =>
	items.find((item) => item.callId === callId) ?? null;

/** The request with some of its items replaced. */
export function withItems(approval: Approval, changed: readonly ApprovalItem[]): Approval {
	const byCall = new Map(changed.map((item) => [item.callId, item]));
	return { ...approval, items: approval.items.map((item) => byCall.get(item.callId) ?? item) };
}

/** The request with everything that waits in another state. */
export function closed(approval: Approval, state: 'expired' | 'cancelled'): Approval {
	return withItems(
		approval,
		pendingIn(approval).map((item) => ({ ...item, state })),
	);
}

export const isLate = ({ expiresAt }: Approval, now: number): boolean => now >= expiresAt;

export type TimeStep = 'expire' | 'escalate' | 'remind';

/**
 * What time asks for, if anything. Groups after the second get their turn at even distances in what is left of the
 * time; where there is no second group, all are told once more.
 */
export function dueStep(
	approval: Approval,
	{ remindAfter, escalateAfter }: { remindAfter: number; escalateAfter: number },
	now: number,
): TimeStep | null {
	const { createdAt, expiresAt, tier, remindedAt } = approval;
	if (pendingIn(approval).length === 0) return null;
	if (isLate(approval, now)) return 'expire';
	const groups = Math.max(2, ...pendingIn(approval).map(({ approvers }) => approvers?.length ?? 0));
	const whole = expiresAt - createdAt;
	const share = escalateAfter + ((1 - escalateAfter) * tier) / (groups - 1);
	if (tier < groups - 1 && now >= createdAt + whole * share) return 'escalate';
	return remindedAt === null && now >= createdAt + whole * remindAfter ? 'remind' : null;
}

/** Roles that an item has been put before; null: whoever has the permission. */
export const askedRoles = ({ approvers }: ApprovalItem, tier: number): readonly string[] | null =>
	approvers === null ? null : approvers.slice(0, tier + 1).flat();
