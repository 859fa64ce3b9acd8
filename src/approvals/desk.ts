import type { Approval, ApprovalDecision, ApprovalItem } from '../core/approval.ts';
import type { ApprovalDesk } from '../core/gate.ts';
import type { Say } from '../core/say.ts';
import { isChannel } from '../core/session-id.ts';
import { channelOf } from './capacity.ts';
import { type EditRefusal, edited } from './edit.ts';
import type { ApprovalLedger, Step } from './ledger.ts';
import { itemsMeant, type PressNeeds, type PressRefusal, voted, whyNot } from './press.ts';
import { expire } from './recorded.ts';
import type { ApprovalRecords } from './records.ts';
import type { RiskFacts } from './risk.ts';
import { type DecisionFacts, decisionRow, refusedDecisionRow } from './rows.ts';
import { isLate, pendingIn, withItems } from './transitions.ts';

export interface DeskNeeds extends PressNeeds {
	records: ApprovalRecords;
	ledger: ApprovalLedger;
	sayIn(locale: string | null): Say;
	/** What judges an edited call; texts in the language of the request. */
	factsIn(locale: string | null): RiskFacts;
	now(): number;
}

type Answer = { approval: Approval } | { refused: PressRefusal | EditRefusal };

/** Where people decide. Every press is in the audit, also those that decide nothing. */
export function createApprovalDesk(needs: DeskNeeds): ApprovalDesk {
	const { records, ledger } = needs;

	return {
		async decide(decision, by, { via, locale, request }) {
			const who = { by, via, request, verdict: decision.verdict.type };
			const late = await records.get(decision.approval);
			if (late !== null && isLate(late.approval, needs.now()) && pendingIn(late.approval).length > 0) {
				await expire(ledger, late.approval.id, needs.now());
			}
			const answer = await ledger.move(decision.approval, (stored) =>
				stepFor(stored?.approval ?? null, decision, who, needs),
			);
			return 'refused' in answer ? { refusal: sentence(answer.refused, needs.sayIn(locale)) } : answer;
		},
		async open(session) {
			const isMeant = isChannel(session)
				? (other: string) => channelOf(other) === channelOf(session)
				: (other: string) => other === session;
			const ids = (await records.open()).filter((one) => isMeant(one.session)).map(({ id }) => id);
			const found = await Promise.all(ids.map((id) => records.get(id)));
			return found
				.flatMap((stored) => (stored === null ? [] : [stored.approval]))
				.filter((approval) => !isLate(approval, needs.now()))
				.toSorted((a, b) => a.createdAt - b.createdAt);
		},
		async find(id) {
			return (await records.get(id))?.approval ?? null;
		},
	};
}

/** What asks least of a person. */
const DENY = { type: 'deny', reason: null } as const;

/** What a press makes of a request; null: there is none of that id. */
async function stepFor(
	approval: Approval | null,
	decision: ApprovalDecision,
	who: DecisionFacts,
	needs: DeskNeeds,
): Promise<Step<Answer>> {
	const { verdict, callId } = decision;
	const refused = (why: PressRefusal | EditRefusal): Step<Answer> => {
		const reason = typeof why === 'string' ? why : why.reason;
		const row = refusedDecisionRow(approval, { id: decision.approval, callId }, reason, who);
		return { next: null, rows: [row], answer: { refused: why } };
	};
	if (approval === null) return refused('unknown');
	const items = itemsMeant(approval, decision, needs.now());
	if (typeof items === 'string') {
		// Who has no business here hears nothing of how it stands.
		const first = approval.items[0];
		const stranger = first === undefined ? null : await whyNot({ approval, item: first }, DENY, who.by, needs);
		return refused(stranger ?? items);
	}
	for (const item of items) {
		const why = await whyNot({ approval, item }, verdict, who.by, needs);
		if (why !== null) return refused(why);
	}
	if (verdict.type !== 'edit') return votedStep(approval, items, verdict, who, needs);
	const [item] = items;
	if (item === undefined) return refused('unfit');
	const facts = needs.factsIn(approval.locale);
	const result = await edited({ approval, item }, verdict.arguments, who.by, { records: needs.records, facts });
	if ('reason' in result) return refused(result);
	const { next } = result;
	return { next, rows: [decisionRow(next, result.item, who)], answer: { approval: next } };
}

function votedStep(
	approval: Approval,
	items: readonly ApprovalItem[],
	verdict: Exclude<ApprovalDecision['verdict'], { type: 'edit' }>,
	who: DecisionFacts,
	{ policy, now }: DeskNeeds,
): Step<Answer> {
	const isEnough = policy.alone.includes(who.by.platform);
	const changed = items.map((item) => voted(item, verdict, { by: who.by, at: now(), via: who.via, isEnough }));
	const next = withItems(approval, changed);
	return { next, rows: changed.map((item) => decisionRow(next, item, who)), answer: { approval: next } };
}

function sentence(why: PressRefusal | EditRefusal, say: Say): string {
	return typeof why === 'string' ? say(`gate.press.${why}`) : say(`gate.${why.reason}`, { faults: why.faults });
}
