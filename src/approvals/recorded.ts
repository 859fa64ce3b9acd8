import type { Approval, ApprovalItem } from '../core/approval.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { GatedCall, GatedRun, GateVerdict } from '../core/gate.ts';
import { digestNow } from './item.ts';
import type { ApprovalLedger } from './ledger.ts';
import { refusals } from './model-texts.ts';
import { itemRow } from './rows.ts';
import { closed, isLate, itemOf, pendingIn, withItems } from './transitions.ts';

/** A request with one of its items. */
export interface Asked {
	approval: Approval;
	item: ApprovalItem;
}

/** What people are to be asked about a call. */
export interface Question {
	question: ApprovalItem['question'];
	/** Canonical JSON. */
	arguments: string;
	before: string | null;
}

export const asNew = (call: GatedCall): Question => ({
	question: 'run',
	arguments: canonicalJson(call.input),
	before: null,
});

export const refuse = (text: string, isError = true): Extract<GateVerdict, { type: 'refuse' }> => ({
	type: 'refuse',
	text,
	isError,
});

const run = (item: ApprovalItem): GateVerdict => ({
	type: 'run',
	input: JSON.parse(item.arguments),
	edited: item.editedBy !== null,
});

export interface RecordedNeeds {
	gated: GatedRun;
	ledger: ApprovalLedger;
	/** Version of the policy. */
	policy: string;
	now(): number;
}

/** A call that people were asked about, and what their answer makes of it. */
interface Case extends RecordedNeeds {
	call: GatedCall;
	asked: Asked;
	isSame: boolean;
}

/** What was recorded makes of a call; a question: it is to be asked again. Null: as if nobody had been asked. */
export async function byRecord(
	call: GatedCall,
	asked: Asked,
	needs: RecordedNeeds,
): Promise<GateVerdict | Question | null> {
	const item = await asItIsNow(asked, needs);
	const isSame = item.proposed === canonicalJson(call.input);
	const isRun = item.question === 'run';
	switch (item.state) {
		case 'pending':
			return isSame ? { type: 'ask', item } : { ...asNew(call), before: item.arguments };
		case 'denied':
			return isSame ? refuse(isRun ? refusals.denied(item) : notAgain(item)) : null;
		case 'expired':
			return isSame ? refuse(isRun ? refusals.expired(item.tool) : refusals.unanswered(item.tool)) : null;
		case 'cancelled':
			return refuse(refusals.cancelled(item.tool));
		case 'superseded':
			return { ...asNew(call), question: item.question, before: item.arguments };
		case 'approved':
			return byApproved({ ...needs, call, asked: { ...asked, item }, isSame });
	}
}

async function byApproved(the: Case): Promise<GateVerdict | Question | null> {
	const { call, isSame, asked } = the;
	const { item } = asked;
	if (isSame && item.outcome === 'happened') return refuse(refusals.happened(item.tool), false);
	if (isSame && call.begun && isLost(item)) {
		if (call.tool.idempotent && isStill(the)) return run(item);
		if (item.effect !== 'unknown') await settle(the, 'approval.lose', { effect: 'unknown' });
		return { question: 'outcome', arguments: item.arguments, before: null };
	}
	// Each approval is for one call and one time.
	if (item.effect !== 'none') return null;
	if (isStill(the)) return run(item);
	await settle(the, 'approval.supersede', { state: 'superseded' });
	return { ...asNew(call), question: item.question, before: item.arguments };
}

const notAgain = ({ tool, votes }: ApprovalItem) =>
	votes.length === 0 ? refusals.unknown(tool) : refusals.abandoned(tool);

const isStill = ({ asked: { item }, gated, call, policy }: Case) =>
	item.digest === digestNow(item, { run: gated, call, policy });

/** Whether an approved call that a process has left behind may have happened. */
const isLost = ({ question, effect }: ApprovalItem) =>
	effect === 'started' || effect === 'unknown' || (effect === 'none' && question === 'run');

async function asItIsNow({ approval, item }: Asked, { ledger, now }: RecordedNeeds): Promise<ApprovalItem> {
	if (item.state !== 'pending' || !isLate(approval, now())) return item;
	await expire(ledger, approval.id, now());
	return { ...item, state: 'expired' };
}

/** Writes down what became of an item without anybody's deciding. */
function settle({ ledger, asked }: Case, action: string, changed: Partial<ApprovalItem>): Promise<void> {
	return ledger.move(asked.approval.id, async (stored) => {
		const item = stored === null ? null : itemOf(stored.approval, asked.item.callId);
		if (stored === null || item === null || item.state !== asked.item.state || item.effect !== asked.item.effect) {
			return { next: null, rows: [], answer: undefined };
		}
		const next = withItems(stored.approval, [{ ...item, ...changed }]);
		return { next, rows: [itemRow(action, next, { ...item, ...changed })], answer: undefined };
	});
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
