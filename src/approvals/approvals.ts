import { randomBytes } from 'node:crypto';
import type { Access } from '../core/access.ts';
import { type Approval, type Person, riskSchema } from '../core/approval.ts';
import type { Audit } from '../core/audit.ts';
import type { Clock } from '../core/clock.ts';
import { BotError } from '../core/errors.ts';
import type { ApprovalDesk, Approvals } from '../core/gate.ts';
import type { RiskPolicy } from '../core/risk-policy.ts';
import type { Say } from '../core/say.ts';
import type { Store, StoreChange } from '../core/store.ts';
import { createCapacity } from './capacity.ts';
import { createApprovalDesk } from './desk.ts';
import { createGate, expire } from './gate.ts';
import type { InvariantFacts } from './invariants.ts';
import { createApprovalLedger } from './ledger.ts';
import type { RiskJudge } from './model-judge.ts';
import { createPolicyBook, type PolicyBook, type PolicyBookOptions } from './policy-book.ts';
import { createApprovalRecords, type Stored } from './records.ts';
import type { RiskFacts } from './risk.ts';
import { itemRow } from './rows.ts';
import { askedRoles, closed, dueStep, isLate, itemOf, pendingIn, withItems } from './transitions.ts';
import { createWatchers } from './watchers.ts';

export interface ApprovalOptions
	extends Pick<InvariantFacts, 'secrets' | 'addressKind'>,
		Pick<PolicyBookOptions, 'toolOf'> {
	store: Store;
	clock: Clock;
	policy: RiskPolicy;
	audit: Audit;
	access: Access;
	/** Whether two accounts are linked as one human's; the same account is. */
	samePerson(one: Person, other: Person): Promise<boolean>;
	sayIn(locale: string | null): Say;
	/** Null: no model is asked. */
	judge: RiskJudge | null;
	/** Something went wrong that stops nothing. */
	onProblem(error: unknown): void;
}

export interface ApprovalEngine {
	approvals: Approvals;
	desk: ApprovalDesk;
	policyBook: PolicyBook;
	/**
	 * Does what time asks for: reminds, goes to the next group, lets expire; and tells those who watch what other
	 * processes have changed. To be called every few seconds in every process.
	 */
	sweep(): Promise<void>;
}

/** Requests in the store, decided by people, under a policy. */
export function createApprovals(options: ApprovalOptions): ApprovalEngine {
	const { store, clock, policy, audit, access, sayIn } = options;
	const records = createApprovalRecords(store);
	const watchers = createWatchers();
	const ledger = createApprovalLedger(records, audit, watchers);
	const capacity = createCapacity({ records, ledger, clock, most: policy.openCards });
	const { secrets, addressKind, judge } = options;
	const factsIn = (locale: string | null): RiskFacts => ({
		...{ policy, clock, judge, secrets, addressKind, say: sayIn(locale) },
	});

	const deciders = async (session: string, items: Approval['items'], tier: number): Promise<string> => {
		const named = items.map((item) => askedRoles(item, tier));
		const [first, ...others] = named.flatMap((roles) => (roles === null ? [] : [roles]));
		if (first !== undefined) return first.filter((role) => others.every((list) => list.includes(role))).join(', ');
		const risk = riskSchema.options.findLast((one) => items.some((item) => item.risk === one)) ?? 'critical';
		const { roles, names } = await access.holders(`approval:decide:${risk}`, session);
		return [...roles, ...names].join(', ');
	};

	const approvals: Approvals = {
		gateOf: (run) =>
			createGate(run, {
				...{ records, ledger, capacity, facts: factsIn(run.locale) },
				note: (row) => audit.record([row]).then(() => {}, options.onProblem),
				async hasApprover({ approvers, risk }, session) {
					if (approvers !== null) return approvers.flat().length > 0;
					return (await access.holders(`approval:decide:${risk}`, session)).roles.length > 0;
				},
			}),
		async request(run, turn, items) {
			if (new Set(items.map(({ callId }) => callId)).size < items.length) {
				throw new BotError('bug', 'two calls of one turn have the same id');
			}
			const before = await records.ofRun(run.run);
			// The newest request of a call is the one that counts, so no two of a run are of the same moment.
			const now = Math.max(clock.now(), (before.at(-1)?.approval.createdAt ?? 0) + 1);
			const approval: Approval = {
				...{ v: 1, id: randomBytes(16).toString('base64url'), run: run.run, session: run.session, ...turn },
				...{ locale: run.locale, title: run.question.slice(0, TITLE), requester: run.requester },
				deciders: await deciders(run.session, [...items], 0),
				...{ items: [...items], createdAt: now, expiresAt: now + Math.min(...items.map(({ waitMs }) => waitMs)) },
				...{ remindedAt: null, tier: 0, policy: policy.version, heldBack: 0 },
			};
			const replaced = before.flatMap((stored) => replacement(stored, approval));
			capacity.made(run, turn);
			const rows = items.map((item) => itemRow('approval.request', approval, item));
			const changes = [
				...records.create(approval),
				...replaced.flatMap(({ stored, next }) => records.change(stored, next)),
			];
			return { approval, changes, rows };
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
			return [...changed.values()].flatMap(({ stored, next }): readonly StoreChange[] => records.change(stored, next));
		},
		of: async (run) => (await records.ofRun(run)).map(({ approval }) => approval),
		watch: watchers.watch,
		async cancel(run, only) {
			for (const { approval } of await records.ofRun(run)) {
				if (only !== null && approval.id !== only) continue;
				await ledger.move(approval.id, async (stored) => {
					const waiting = stored === null ? [] : pendingIn(stored.approval);
					if (stored === null || waiting.length === 0) return { next: null, rows: [], answer: undefined };
					const isOver = isLate(stored.approval, clock.now());
					const next = closed(stored.approval, isOver ? 'expired' : 'cancelled');
					const action = isOver ? 'approval.expire' : 'approval.cancel';
					return { next, rows: waiting.map((item) => itemRow(action, next, item)), answer: undefined };
				});
			}
		},
	};

	const tend = (id: string): Promise<boolean> =>
		ledger.move(id, async (stored) => {
			const step = stored === null ? null : dueStep(stored.approval, policy, clock.now());
			if (stored === null || step === null || step === 'expire') {
				return { next: null, rows: [], answer: step === 'expire' };
			}
			const { approval } = stored;
			const told = { ...approval, remindedAt: approval.remindedAt ?? clock.now() };
			const tier = approval.tier + 1;
			const next =
				step === 'remind' ? told : { ...told, tier, deciders: await deciders(approval.session, approval.items, tier) };
			return { next, rows: pendingIn(next).map((item) => itemRow(`approval.${step}`, next, item)), answer: false };
		});

	return {
		approvals,
		desk: createApprovalDesk({
			...{ records, ledger, policy, access, samePerson: options.samePerson, sayIn, factsIn },
			now: () => clock.now(),
		}),
		policyBook: createPolicyBook({ policy, factsIn, toolOf: options.toolOf }),
		async sweep() {
			for (const { id } of await records.open()) if (await tend(id)) await expire(ledger, id, clock.now());
			for (const run of watchers.runs()) for (const stored of await records.ofRun(run)) watchers.tell(stored);
		},
	};
}

/** First characters of a question on a card. */
const TITLE = 200;

/** An older request whose place a new one takes: nobody is asked the same thing twice. */
function replacement(stored: Stored, by: Approval): { stored: Stored; next: Approval }[] {
	const calls = new Set(by.items.map(({ callId }) => callId));
	const old = pendingIn(stored.approval).filter(({ callId }) => calls.has(callId));
	if (old.length === 0) return [];
	return [
		{
			stored,
			next: withItems(
				stored.approval,
				old.map((item) => ({ ...item, state: 'superseded' })),
			),
		},
	];
}
