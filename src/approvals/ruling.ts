import { type ApprovalItem, type Risk, riskSchema } from '../core/approval.ts';
import type { RiskPolicy } from '../core/risk-policy.ts';

/** What one rule says of a call. */
export interface Finding {
	/** Id of the rule. */
	rule: string;
	/** For people. */
	text: string;
	verdict: 'run' | 'ask' | 'deny';
	risk: Risk;
	/** Null: as many as the risk demands. */
	needed: number | null;
	/** Arguments that an approval for the whole run holds fixed; null: there is no such approval. */
	forRun: readonly string[] | null;
	approvers: readonly (readonly string[])[] | null;
	/** Null: as long as the risk allows. */
	waitMs: number | null;
}

/** What all rules together say of a call. */
export interface Ruling {
	verdict: Finding['verdict'];
	risk: Risk;
	/** Of those that hold it back; of a call that runs: of the one that lets it. */
	reasons: ApprovalItem['reasons'];
	needed: number;
	approvers: readonly (readonly string[])[] | null;
	waitMs: number;
	width: readonly string[] | null;
}

const VERDICTS = ['run', 'ask', 'deny'] as const;

export const isRiskier = (one: Risk, than: Risk): boolean =>
	riskSchema.options.indexOf(one) > riskSchema.options.indexOf(than);

const riskier = (one: Risk, other: Risk): Risk => (isRiskier(one, other) ? one : other);

/** A finding that asks, with nothing beyond what its risk demands. */
export function asks(rule: string, text: string, risk: Risk, more: Partial<Finding> = {}): Finding {
	return { rule, text, verdict: 'ask', risk, needed: null, forRun: null, approvers: null, waitMs: null, ...more };
}

/** The first finding decides, and each later one may only raise what was decided. At least one is needed. */
export function rulingOf(findings: readonly [Finding, ...Finding[]], policy: RiskPolicy): Ruling {
	const [first, ...later] = findings;
	const joined = later.reduce(raised, first);
	const held = joined.verdict === 'run' ? findings : findings.filter(({ verdict }) => verdict !== 'run');
	const reasons = held.map(({ rule, text }) => ({ rule, text }));
	const { verdict, risk, approvers } = joined;
	return {
		...{ verdict, risk, approvers, reasons },
		needed: Math.max(joined.needed ?? 1, policy.people[risk]),
		waitMs: Math.min(joined.waitMs ?? policy.waitMs[risk], policy.waitMs[risk]),
		width: joined.forRun,
	};
}

function raised(base: Finding, next: Finding): Finding {
	if (next.verdict === 'run') return base;
	// What lets a call run says nothing about who would have to be asked.
	if (base.verdict === 'run') return { ...next, risk: riskier(base.risk, next.risk) };
	return {
		...base,
		verdict: VERDICTS[Math.max(VERDICTS.indexOf(base.verdict), VERDICTS.indexOf(next.verdict))] ?? 'deny',
		risk: riskier(base.risk, next.risk),
		needed: Math.max(base.needed ?? 1, next.needed ?? 1),
		forRun: base.forRun === null || next.forRun === null ? null : [...new Set([...base.forRun, ...next.forRun])],
		approvers: bothOf(base.approvers, next.approvers),
		waitMs: base.waitMs === null ? next.waitMs : Math.min(base.waitMs, next.waitMs ?? base.waitMs),
	};
}

/** Those whom both lists name; a list that is not there leaves the choice to the other. */
export function bothOf(one: Finding['approvers'], other: Finding['approvers']): Finding['approvers'] {
	if (one === null || other === null) return one ?? other;
	const named = new Set(other.flat());
	return one.map((tier) => tier.filter((role) => named.has(role)));
}
