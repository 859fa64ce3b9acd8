import type { Approval, ApprovalItem } from '../core/approval.ts';
import type { AuditRow } from '../core/audit.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { messageOf } from '../core/errors.ts';
import type { Gate, GatedCall, GatedRun, GateVerdict } from '../core/gate.ts';
import type { Capacity } from './capacity.ts';
import { definitionOf } from './digest.ts';
import { digestNow, isGranted, newItem } from './item.ts';
import type { ApprovalLedger } from './ledger.ts';
import { refusals } from './model-texts.ts';
import type { ApprovalRecords } from './records.ts';
import { type Assessment, assess, type RiskFacts } from './risk.ts';
import { itemRow, refusedCallRow } from './rows.ts';
import { asks, type Ruling, rulingOf } from './ruling.ts';
import { schemaFaults } from './schema-check.ts';
import { closed, isLate, itemOf, pendingIn, withItems } from './transitions.ts';

export interface GateNeeds {
	records: ApprovalRecords;
	ledger: ApprovalLedger;
	capacity: Capacity;
	/** In the language of whoever asked the run's question. */
	facts: RiskFacts;
	/** Notes in the audit what was refused. */
	note(row: AuditRow): Promise<void>;
	/** Whether somebody can be found who may approve at this risk. */
	hasApprover(ruling: Ruling, session: string): Promise<boolean>;
}

/** A request with one of its items. */
interface Asked {
	approval: Approval;
	item: ApprovalItem;
}

/** What a call is asked about again with. */
interface Again {
	question: ApprovalItem['question'];
	/** Canonical JSON. */
	arguments: string;
	before: string | null;
}

type Refusal = Extract<GateVerdict, { type: 'refuse' }>;
const refuse = (text: string, isError = true): Refusal => ({ type: 'refuse', text, isError });
const run = (item: ApprovalItem): GateVerdict => ({
	type: 'run',
	input: JSON.parse(item.arguments),
	edited: item.editedBy !== null,
});

/** Lets calls of a run through by its records and by the policy. */
export function createGate(gated: GatedRun, needs: GateNeeds): Gate {
	const { records, ledger, capacity, facts } = needs;
	const { policy, say } = facts;

	const refuseCall = async ({ callId, tool }: GatedCall, reason: string, text: string): Promise<Refusal> => {
		await needs.note(refusedCallRow(gated, { callId, tool: tool.name }, reason));
		return refuse(text);
	};

	/** Writes down what became of an item without anybody's deciding. */
	const settle = (asked: Asked, action: string, changed: Partial<ApprovalItem>): Promise<void> =>
		ledger.move(asked.approval.id, async (stored) => {
			const item = stored === null ? null : itemOf(stored.approval, asked.item.callId);
			if (stored === null || item === null || item.state !== asked.item.state || item.effect !== asked.item.effect) {
				return { next: null, rows: [], answer: undefined };
			}
			const next = withItems(stored.approval, [{ ...item, ...changed }]);
			return { next, rows: [itemRow(action, next, { ...item, ...changed })], answer: undefined };
		});

	const asItIsNow = async ({ approval, item }: Asked): Promise<ApprovalItem> => {
		if (item.state !== 'pending' || !isLate(approval, facts.clock.now())) return item;
		await expire(ledger, approval.id, facts.clock.now());
		return { ...item, state: 'expired' };
	};

	/** Null: the policy is to say, as if nobody had been asked. */
	const byRecord = async (call: GatedCall, asked: Asked): Promise<GateVerdict | Again | null> => {
		const item = await asItIsNow(asked);
		const isSame = item.proposed === canonicalJson(call.input);
		const again: Again = { question: item.question, arguments: item.arguments, before: item.before };
		switch (item.state) {
			case 'pending':
				return isSame ? { type: 'ask', item } : { ...asNew(call), before: item.arguments };
			case 'denied':
				if (!isSame) return null;
				return refuse(item.question === 'run' ? refusals.denied(item) : refusals.abandoned(item.tool));
			case 'expired':
				if (!isSame) return null;
				return refuse(item.question === 'run' ? refusals.expired(item.tool) : refusals.unanswered(item.tool));
			case 'cancelled':
				return refuse(refusals.cancelled(item.tool));
			case 'superseded':
				return { ...again, arguments: canonicalJson(call.input), before: item.arguments };
			case 'approved':
				return byApproved(call, { ...asked, item });
		}
	};

	const byApproved = async (call: GatedCall, asked: Asked): Promise<GateVerdict | Again | null> => {
		const { item } = asked;
		const isSame = item.proposed === canonicalJson(call.input);
		if (isSame && item.outcome === 'happened') return refuse(refusals.happened(item.tool), false);
		if (isSame && call.begun && isLost(item)) {
			if (call.tool.idempotent && isStill(item, call)) return run(item);
			if (item.effect !== 'unknown') await settle(asked, 'approval.lose', { effect: 'unknown' });
			return { question: 'outcome', arguments: item.arguments, before: null };
		}
		// Each approval is for one call and one time.
		if (item.effect !== 'none') return null;
		if (isStill(item, call)) return run(item);
		await settle(asked, 'approval.supersede', { state: 'superseded' });
		return { question: item.question, arguments: canonicalJson(call.input), before: item.arguments };
	};

	const isStill = (item: ApprovalItem, call: GatedCall) =>
		item.digest === digestNow(item, { run: gated, call, policy: policy.version });

	const judge = ({ tool, input, tainted }: GatedCall, signal: AbortSignal): Promise<Assessment> =>
		assess({ tool, input, tainted }, facts, signal);

	const ask = async (call: GatedCall, ruling: Ruling, again: Again): Promise<GateVerdict> => {
		const { tool, agent, attempt } = call;
		const isOutcome = again.question === 'outcome';
		if (!gated.canAsk || !(await needs.hasApprover(ruling, gated.session))) {
			return refuseCall(call, 'nobody', isOutcome ? refusals.unknown(tool.name) : refusals.nobody(tool.name));
		}
		const open = await capacity.take(gated, { agent, attempt });
		if (open !== null) return refuseCall(call, 'too_many', refusals.tooMany(tool.name, open));
		const { key, value } = definitionOf(tool);
		await records.keepTool(key, value);
		return { type: 'ask', item: newItem({ run: gated, call, ruling, policy: policy.version, say, ...again }) };
	};

	const byPolicy = async (call: GatedCall, all: readonly Asked[], again: Again | null, signal: AbortSignal) => {
		const { tool } = call;
		const { ruling } = await judge(call, signal);
		if (ruling.verdict === 'deny') return refuseCall(call, 'policy', refusals.forbidden(tool.name, ruling.reasons));
		if (again !== null) {
			const isOutcome = again.question === 'outcome';
			const reason = isOutcome
				? asks('code:unknown-outcome', say('gate.rule.unknown_outcome'), ruling.risk)
				: asks('code:changed', say('gate.rule.changed'), ruling.risk);
			const more = ruling.verdict === 'run' ? [] : ruling.reasons;
			const held = { ...rulingOf([reason], policy), ...onlyHeld(ruling) };
			return ask(call, { ...held, width: null, reasons: [{ rule: reason.rule, text: reason.text }, ...more] }, again);
		}
		if (ruling.verdict === 'run') return { type: 'run', input: call.input, edited: false } as const;
		const faults = schemaFaults(tool.parameters, call.input);
		if (faults.length > 0) return refuse(refusals.invalid(tool.name, faults));
		if (all.some((one) => isGranted(one, call, { ruling, policy: policy.version }))) {
			return { type: 'run', input: call.input, edited: false } as const;
		}
		return ask(call, ruling, asNew(call));
	};

	const checked = async (call: GatedCall, signal: AbortSignal): Promise<GateVerdict> => {
		const all = (await records.ofRun(gated.run)).flatMap(({ approval }) =>
			approval.items.map((item): Asked => ({ approval, item })),
		);
		const own = all.findLast(({ item }) => item.callId === call.callId);
		const recorded = own === undefined ? null : await byRecord(call, own);
		if (recorded !== null && 'type' in recorded) return recorded;
		if (recorded !== null) return byPolicy(call, all, recorded, signal);
		const before = all.find(({ item }) => isRefusedLike(item, call));
		if (before !== undefined) {
			const { item } = before;
			return refuse(item.state === 'denied' ? refusals.deniedBefore(item) : refusals.expired(item.tool));
		}
		const isUnknown = call.begun && !isRepeatable(call);
		return byPolicy(call, all, isUnknown ? { ...asNew(call), question: 'outcome' } : null, signal);
	};

	return {
		async check(call, signal) {
			try {
				canonicalJson(call.input);
			} catch {
				return refuse(refusals.unreadable(call.tool.name));
			}
			try {
				return await checked(call, signal);
			} catch (error) {
				if (!gated.canAsk) return refuse(refusals.trouble(call.tool.name));
				const text = say('gate.rule.trouble', { reason: messageOf(error) });
				const ruling = rulingOf([asks('code:trouble', text, 'high')], policy);
				return {
					type: 'ask',
					item: newItem({ run: gated, call, ruling, policy: policy.version, say, ...asNew(call) }),
				};
			}
		},
	};
}

/** Writes down that the time of a request is over. Whether it was. */
export function expire(ledger: ApprovalLedger, id: string, now: number): Promise<boolean> {
	return ledger.move(id, async (stored) => {
		if (stored === null || !isLate(stored.approval, now) || pendingIn(stored.approval).length === 0) {
			return { next: null, rows: [], answer: false };
		}
		const next = closed(stored.approval, 'expired');
		const rows = pendingIn(stored.approval).map((item) => itemRow('approval.expire', next, item));
		return { next, rows, answer: true };
	});
}

const asNew = (call: GatedCall): Again => ({ question: 'run', arguments: canonicalJson(call.input), before: null });

/** What the policy asks for of a call that it would hold back; of one that it would let run, nothing. */
const onlyHeld = (ruling: Ruling): Partial<Ruling> => {
	const { needed, approvers, waitMs, risk } = ruling;
	return ruling.verdict === 'run' ? {} : { needed, approvers, waitMs, risk };
};

/** Whether an approved call that a process has left behind may have happened. */
const isLost = ({ question, effect }: ApprovalItem) =>
	effect === 'started' || effect === 'unknown' || (effect === 'none' && question === 'run');

/** People have refused this very thing before in the run, whoever of the team proposed it. */
function isRefusedLike({ question, state, source, tool, proposed, arguments: last }: ApprovalItem, call: GatedCall) {
	if (question !== 'run' || (state !== 'denied' && state !== 'expired')) return false;
	if (source !== call.tool.source || tool !== call.tool.name) return false;
	const input = canonicalJson(call.input);
	return input === proposed || input === last;
}

/** A second time does no harm: nothing outside is changed by it, or no more than by the first. */
const isRepeatable = ({ tool: { effects, idempotent } }: GatedCall) =>
	idempotent || effects === 'none' || effects === 'workspace';
