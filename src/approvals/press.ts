import type { Access } from '../core/access.ts';
import type { Approval, ApprovalDecision, ApprovalItem, Person } from '../core/approval.ts';
import type { Principal } from '../core/gateway.ts';
import type { RiskPolicy } from '../core/risk-policy.ts';
import { isRiskier } from './ruling.ts';
import { askedRoles, isLate, itemOf, pendingIn } from './transitions.ts';

/** Why a press decides nothing: the end of its text's key in the catalogue. */
export type PressRefusal =
	| 'unknown'
	| 'decided'
	| 'late'
	| 'superseded'
	| 'cancelled'
	| 'changed'
	| 'unfit'
	| 'one_by_one'
	| 'lacking'
	| 'outsider'
	| 'elsewhere'
	| 'not_asked'
	| 'requester'
	| 'editor'
	| 'voted';

export interface PressNeeds {
	access: Pick<Access, 'may' | 'rolesOf'>;
	/** Whether two accounts are linked as one human's. */
	samePerson(one: Person, other: Person): Promise<boolean>;
	policy: RiskPolicy;
}

export const personOf = ({ platform, tenant, user }: Principal): Person => ({ platform, tenant, user });

/** The items that a decision is about, or why it is about none. */
export function itemsMeant(
	approval: Approval,
	{ callId, revision, verdict }: ApprovalDecision,
	now: number,
): readonly ApprovalItem[] | PressRefusal {
	const meant = callId === null ? pendingIn(approval) : [itemOf(approval, callId)];
	const items = meant.flatMap((item) => (item === null ? [] : [item]));
	const [first] = items;
	if (first === undefined) return callId === null ? reasonOf(approval.items[0] ?? null) : 'unknown';
	const gone = items.find(({ state }) => state !== 'pending');
	if (gone !== undefined) return reasonOf(gone);
	if (isLate(approval, now)) return 'late';
	const isOutcome = verdict.type === 'outcome';
	if (items.some(({ question }) => (question === 'outcome') !== isOutcome)) {
		return callId === null ? 'one_by_one' : 'unfit';
	}
	if (callId !== null) return (revision ?? 1) === first.revision ? items : 'changed';
	if (verdict.type === 'deny') return items;
	// What is of high risk, or is no longer what the card showed first, is read before it is approved.
	const isEasy = items.every((item) => !isRiskier(item.risk, 'medium') && item.revision === 1);
	return verdict.type === 'approve' && isEasy ? items : 'one_by_one';
}

function reasonOf(item: ApprovalItem | null): PressRefusal {
	if (item?.state === 'expired') return 'late';
	return item?.state === 'superseded' || item?.state === 'cancelled' ? item.state : 'decided';
}

/** Why somebody may not decide about an item; null: they may. Asks for what they are at this moment. */
export async function whyNot(
	{ approval, item }: { approval: Approval; item: ApprovalItem },
	verdict: ApprovalDecision['verdict'],
	by: Principal,
	{ access, samePerson, policy }: PressNeeds,
): Promise<PressRefusal | null> {
	const { session, tier, requester } = approval;
	const fresh = isRiskier(item.risk, 'medium');
	const { allowed, why } = await access.may(by, `approval:decide:${item.risk}`, { session, fresh });
	if (!allowed) return why === 'outsider' || why === 'elsewhere' ? why : 'lacking';
	const asked = askedRoles(item, tier);
	if (asked !== null) {
		const own = await access.rolesOf(by, { session, fresh });
		if (!own.some((role) => asked.includes(role))) return 'not_asked';
	}
	const isPermission = verdict.type === 'approve' || verdict.type === 'edit' || isAgain(verdict);
	if (!isPermission || policy.alone.includes(by.platform)) return null;
	const person = personOf(by);
	const isRisky = isRiskier(item.risk, policy.requesterUpTo);
	if (isRisky && requester !== null && (await samePerson(requester, person))) return 'requester';
	if (verdict.type === 'edit') return null;
	if (item.needed > 1 && item.editedBy !== null && (await samePerson(item.editedBy, person))) return 'editor';
	for (const vote of item.votes) if (await samePerson(vote.by, person)) return 'voted';
	return null;
}

const isAgain = (verdict: ApprovalDecision['verdict']): boolean =>
	verdict.type === 'outcome' && verdict.outcome === 'again';

/** An item with a person's vote on it. */
export function voted(
	item: ApprovalItem,
	verdict: Exclude<ApprovalDecision['verdict'], { type: 'edit' }>,
	{ by, at, via, isEnough }: { by: Principal; at: number; via: string; isEnough: boolean },
): ApprovalItem {
	const isYes = verdict.type === 'approve' || (verdict.type === 'outcome' && verdict.outcome !== 'abandon');
	const decision = isYes ? ('approve' as const) : ('deny' as const);
	const forRun = verdict.type === 'approve' && verdict.forRun && item.width !== null;
	const votes = [...item.votes, { by: personOf(by), decision, at, via, forRun }];
	if (verdict.type === 'deny') return { ...item, votes, state: 'denied', denial: denialOf(verdict.reason) };
	if (verdict.type === 'outcome' && verdict.outcome !== 'again') {
		return { ...item, votes, outcome: verdict.outcome, state: verdict.outcome === 'happened' ? 'approved' : 'denied' };
	}
	if (!isEnough && votes.length < item.needed) return { ...item, votes };
	return { ...item, votes, state: 'approved', outcome: verdict.type === 'outcome' ? 'again' : null };
}

/** The longest reason, in characters. */
const REASON = 2_000;

function denialOf(reason: string | null): string | null {
	const text = (reason ?? '').toWellFormed().trim();
	if (text === '') return null;
	return text.length > REASON ? `${text.slice(0, REASON).toWellFormed()}…` : text;
}
