import type { Approval, ApprovalItem } from '../core/approval.ts';
import type { AuditRow } from '../core/audit.ts';
import type { GatedRun } from '../core/gate.ts';
import type { Principal } from '../core/gateway.ts';
import { decodeSessionId } from '../core/session-id.ts';

/** Who does what no person did. */
const PROGRAM = { platform: 'massgen', id: 'massgen' };

/** Whose chain it belongs to: that of the place where the run is shown. */
function placeOf(session: string): Pick<AuditRow, 'platform' | 'tenant'> {
	const { platform, tenant } = decodeSessionId(session);
	return { platform, tenant };
}

const aboutItem = (item: ApprovalItem) => ({
	digest: item.digest,
	details: {
		...{ tool: item.tool, source: item.source, effects: item.effects, question: item.question, risk: item.risk },
		...{ revision: item.revision, needed: item.needed, rules: item.reasons.map(({ rule }) => rule) },
	},
});

/** What became of an item without anybody's deciding it. */
export function itemRow(action: string, approval: Approval, item: ApprovalItem): AuditRow {
	return {
		...placeOf(approval.session),
		...{ actor: PROGRAM, action, target: { type: 'call', id: item.callId }, outcome: 'done' },
		...{ run: approval.run, step: `${approval.agent}/${approval.attempt}`, approval: approval.id },
		policyVersion: approval.policy,
		...aboutItem(item),
	};
}

/** A call that was refused without a request. */
export function refusedCallRow(run: GatedRun, call: { callId: string; tool: string }, reason: string): AuditRow {
	return {
		...placeOf(run.session),
		...{ actor: PROGRAM, action: 'call.refuse', target: { type: 'call', id: call.callId }, outcome: 'refused' },
		...{ reason, run: run.run, details: { tool: call.tool } },
	};
}

export interface DecisionFacts {
	by: Principal;
	via: string;
	request: string;
	verdict: string;
}

/** What a person decided about an item. */
export function decisionRow(approval: Approval, item: ApprovalItem, { by, via, request, verdict }: DecisionFacts) {
	const row = itemRow(`approval.${verdict}`, approval, item);
	const { details } = aboutItem(item);
	return {
		...row,
		...{ actor: { platform: by.platform, id: by.user }, request },
		...(item.denial === null ? {} : { reason: item.denial }),
		details: { ...details, via, state: item.state, votes: item.votes.length },
	} satisfies AuditRow;
}

/** A press that decided nothing. `approval` null: there is none of that id. */
export function refusedDecisionRow(
	approval: Approval | null,
	target: { id: string; callId: string | null },
	reason: string,
	{ by, via, request, verdict }: DecisionFacts,
): AuditRow {
	const item = approval?.items.find(({ callId }) => callId === target.callId);
	const { platform, tenant } = by;
	return {
		...(approval === null ? { platform, tenant } : placeOf(approval.session)),
		...{ actor: { platform: by.platform, id: by.user }, action: `approval.${verdict}`, outcome: 'refused', reason },
		target: { type: 'approval', id: target.id.slice(0, 100) },
		...(approval === null ? {} : { run: approval.run, approval: approval.id, policyVersion: approval.policy }),
		...(item === undefined ? {} : { digest: item.digest }),
		...{ request, details: { via, call: target.callId } },
	};
}
