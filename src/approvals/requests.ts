import { randomBytes } from 'node:crypto';
import type { Access } from '../core/access.ts';
import { type Approval, type ApprovalItem, riskSchema } from '../core/approval.ts';
import type { Clock } from '../core/clock.ts';
import { BotError } from '../core/errors.ts';
import type { Approvals, GatedRun } from '../core/gate.ts';
import type { RiskPolicy } from '../core/risk-policy.ts';
import type { StoreChange } from '../core/store.ts';
import type { Capacity } from './capacity.ts';
import type { ApprovalLedger } from './ledger.ts';
import { expire } from './recorded.ts';
import type { ApprovalRecords, Stored } from './records.ts';
import { itemRow } from './rows.ts';
import { askedRoles, closed, dueStep, isLate, itemOf, pendingIn, withItems } from './transitions.ts';

export interface RequestNeeds {
	records: ApprovalRecords;
	ledger: ApprovalLedger;
	capacity: Capacity;
	clock: Clock;
	policy: RiskPolicy;
	access: Pick<Access, 'holders'>;
}

/** First characters of a question on a card. */
const TITLE = 200;

/** What the runs do with requests. */
export function createRequests(needs: RequestNeeds): Pick<Approvals, 'request' | 'progress' | 'cancel'> {
	const { records, ledger, clock } = needs;
	return {
		async request(run, turn, items) {
			if (new Set(items.map(({ callId }) => callId)).size < items.length) {
				throw new BotError('bug', 'two calls of one turn have the same id');
			}
			const before = await records.ofRun(run.run);
			const approval = await newApproval(run, turn, items, before.at(-1)?.approval ?? null, needs);
			needs.capacity.made(run, turn);
			const replaced = before.flatMap((stored) => replacement(stored, approval));
			const rows = items.map((item) => itemRow('approval.request', approval, item));
			return { approval, changes: [...records.create(approval), ...changesOf(records, replaced)], rows };
		},
		async progress(run, calls) {
			const changed = new Map<string, { stored: Stored; next: Approval }>();
			const all = await records.ofRun(run);
			for (const { callId, effect } of calls) {
				const stored = all.findLast(({ approval }) => itemOf(approval, callId)?.state === 'approved');
				if (stored === undefined) continue;
				const { next } = changed.get(stored.approval.id) ?? { next: stored.approval };
				const item = itemOf(next, callId);
				if (item === null || item.effect !== (effect === 'started' ? 'none' : 'started')) continue;
				changed.set(stored.approval.id, { stored, next: withItems(next, [{ ...item, effect }]) });
			}
			return changesOf(records, [...changed.values()]);
		},
		async cancel(run, only) {
			for (const { approval } of await records.ofRun(run)) {
				if (only === null || approval.id === only) await cancelOne(ledger, approval.id, clock.now());
			}
		},
	};
}

async function newApproval(
	{ run, session, locale, question, requester }: GatedRun,
	turn: { agent: string; name: string; attempt: number },
	items: readonly ApprovalItem[],
	latest: Approval | null,
	needs: RequestNeeds,
): Promise<Approval> {
	// The newest request of a call is the one that counts, so no two of a run are of the same moment.
	const createdAt = Math.max(needs.clock.now(), (latest?.createdAt ?? 0) + 1);
	const id = randomBytes(16).toString('base64url');
	return {
		...{ v: 1, id, run, session, ...turn, locale, title: question.slice(0, TITLE), requester },
		...{ items: [...items], createdAt, expiresAt: createdAt + Math.min(...items.map(({ waitMs }) => waitMs)) },
		...{ remindedAt: null, tier: 0, policy: needs.policy.version, heldBack: 0 },
		deciders: await decidersOf({ session, items, tier: 0 }, needs),
	};
}

/** Names of those who may decide about all of the items that a request has been put before. */
async function decidersOf(
	{ session, items, tier }: Pick<Approval, 'session' | 'tier'> & { items: readonly ApprovalItem[] },
	{ access }: Pick<RequestNeeds, 'access'>,
): Promise<string> {
	const [first, ...others] = items.flatMap((item) => {
		const roles = askedRoles(item, tier);
		return roles === null ? [] : [roles];
	});
	if (first !== undefined) return first.filter((role) => others.every((list) => list.includes(role))).join(', ');
	const risk = riskSchema.options.findLast((one) => items.some((item) => item.risk === one)) ?? 'critical';
	const { roles, names } = await access.holders(`approval:decide:${risk}`, session);
	return [...roles, ...names].join(', ');
}

/** An older request whose place a new one takes: nobody is asked the same thing twice. */
function replacement(stored: Stored, by: Approval): { stored: Stored; next: Approval }[] {
	const old = pendingIn(stored.approval).filter(({ callId }) => itemOf(by, callId) !== null);
	if (old.length === 0) return [];
	const gone = old.map((item) => ({ ...item, state: 'superseded' as const }));
	return [{ stored, next: withItems(stored.approval, gone) }];
}

const changesOf = (records: ApprovalRecords, all: readonly { stored: Stored; next: Approval }[]) =>
	all.flatMap(({ stored, next }): readonly StoreChange[] => records.change(stored, next));

function cancelOne(ledger: ApprovalLedger, id: string, now: number): Promise<void> {
	return ledger.move(id, async (stored) => {
		const waiting = stored === null ? [] : pendingIn(stored.approval);
		if (stored === null || waiting.length === 0) return { next: null, rows: [], answer: undefined };
		const isOver = isLate(stored.approval, now);
		const next = closed(stored.approval, isOver ? 'expired' : 'cancelled');
		const action = isOver ? 'approval.expire' : 'approval.cancel';
		return { next, rows: waiting.map((item) => itemRow(action, next, item)), answer: undefined };
	});
}

/** Does what time asks for of one request, if anything. */
export async function tend(id: string, needs: RequestNeeds): Promise<void> {
	const { ledger, clock, policy } = needs;
	const isOver = await ledger.move(id, async (stored) => {
		const step = stored === null ? null : dueStep(stored.approval, policy, clock.now());
		if (stored === null || step === null || step === 'expire') {
			return { next: null, rows: [], answer: step === 'expire' };
		}
		const { approval } = stored;
		const told = { ...approval, remindedAt: approval.remindedAt ?? clock.now() };
		const further = { ...told, tier: approval.tier + 1 };
		const next = step === 'remind' ? told : { ...further, deciders: await decidersOf(further, needs) };
		return { next, rows: pendingIn(next).map((item) => itemRow(`approval.${step}`, next, item)), answer: false };
	});
	if (isOver) await expire(ledger, id, clock.now());
}
