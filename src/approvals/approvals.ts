import type { Access } from '../core/access.ts';
import type { Person } from '../core/approval.ts';
import type { Audit, AuditRow } from '../core/audit.ts';
import type { Clock } from '../core/clock.ts';
import type { ApprovalDesk, Approvals, GatedRun } from '../core/gate.ts';
import type { RiskPolicy } from '../core/risk-policy.ts';
import type { Say } from '../core/say.ts';
import type { Store } from '../core/store.ts';
import type { Tool } from '../core/tool.ts';
import { createCapacity } from './capacity.ts';
import { createApprovalDesk } from './desk.ts';
import { createGate } from './gate.ts';
import type { InvariantFacts } from './invariants.ts';
import { createApprovalLedger } from './ledger.ts';
import type { RiskJudge } from './model-judge.ts';
import { createPolicyBook, type PolicyBook, type PolicyBookOptions } from './policy-book.ts';
import { createApprovalRecords } from './records.ts';
import { createRequests, tend } from './requests.ts';
import type { RiskFacts } from './risk.ts';
import type { Ruling } from './ruling.ts';
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

const SHORTEST_SECRET = 8;

/** Requests in the store, decided by people, under a policy. */
export function createApprovals(options: ApprovalOptions): ApprovalEngine {
	const { store, clock, policy, audit, access, sayIn, secrets, addressKind, judge } = options;
	const records = createApprovalRecords(store);
	const watchers = createWatchers();
	const ledger = createApprovalLedger(records, audit, watchers);
	const capacity = createCapacity({ records, ledger, clock, most: policy.openCards });
	const factsIn = (locale: string | null): RiskFacts => ({
		...{ policy, clock, judge, addressKind, say: sayIn(locale) },
		// Shorter ones are found in ordinary words.
		secrets: secrets.filter((secret) => secret.length >= SHORTEST_SECRET),
	});
	const needs = { records, ledger, capacity, clock, policy, access };

	const hasApprover = async ({ approvers, risk }: Ruling, session: string): Promise<boolean> => {
		if (approvers !== null) return approvers.flat().length > 0;
		return (await access.holders(`approval:decide:${risk}`, session)).roles.length > 0;
	};
	/** What fails keeps nothing else from its time; it is told of once, until it goes well again. */
	const failing = new Set<string>();
	const whole = async (name: string, work: () => Promise<void>) => {
		try {
			await work();
			failing.delete(name);
		} catch (error) {
			if (!failing.has(name)) options.onProblem(error);
			failing.add(name);
		}
	};
	/** What stays in the agent's own folder is nobody's business but the run's. */
	const mayUse = async ({ requester, session }: GatedRun, { effects, openWorld, source, name }: Tool) => {
		if (requester === null || (!openWorld && (effects === 'none' || effects === 'workspace'))) return true;
		const who = { ...requester, roles: [] };
		return (await access.may(who, `tool:use:${source}/${name}`, { session })).allowed;
	};
	const { durable } = store;
	const note = (row: AuditRow) => audit.record([row]).then(() => {}, options.onProblem);

	return {
		approvals: {
			gateOf: (run) =>
				createGate(run, { records, ledger, capacity, facts: factsIn(run.locale), note, mayUse, durable, hasApprover }),
			...createRequests(needs),
			of: async (run) => (await records.ofRun(run)).map(({ approval }) => approval),
			watch: watchers.watch,
		},
		desk: createApprovalDesk({
			...{ records, ledger, policy, access, samePerson: options.samePerson, sayIn, factsIn },
			now: () => clock.now(),
		}),
		policyBook: createPolicyBook({ policy, factsIn, toolOf: options.toolOf }),
		async sweep() {
			for (const { id } of await records.open()) await whole(id, () => tend(id, needs));
			for (const run of watchers.runs()) {
				await whole(run, async () => {
					for (const stored of await records.ofRun(run)) watchers.tell(stored);
				});
			}
		},
	};
}
