import { type Clock, sleep } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { PolicyRule, RiskPolicy } from '../core/risk-policy.ts';
import type { Tool } from '../core/tool.ts';
import { type InvariantFacts, invariantFindings } from './invariants.ts';
import type { RiskJudge } from './model-judge.ts';
import { matches, meansTool } from './rule-match.ts';
import { asks, type Finding, isRiskier, type Ruling, rulingOf } from './ruling.ts';

/** A call as it is judged. */
export interface RatedCall {
	tool: Pick<Tool, 'name' | 'source' | 'effects' | 'openWorld' | 'description' | 'parameters'>;
	input: unknown;
	tainted: boolean;
}

export interface RiskFacts extends InvariantFacts {
	policy: RiskPolicy;
	clock: Clock;
	/** Null: no model is asked. */
	judge: RiskJudge | null;
}

/** In their order. The first one that finds something decides; later ones may only raise that. */
export type StageName = 'deny' | 'invariants' | 'ask' | 'taint' | 'allow' | 'effects' | 'judge' | 'default';

export interface Assessment {
	ruling: Ruling;
	/** What was found, in the order of the stages. */
	findings: readonly { stage: StageName; finding: Finding }[];
}

type Stage = (call: RatedCall, facts: RiskFacts) => readonly Finding[];

/** Stages that need nothing but what they are given. */
const PURE: readonly (readonly [StageName, Stage])[] = [
	['deny', rulesThat('deny')],
	['invariants', (call, facts) => (reachesOutside(call) ? invariantFindings(call.input, facts) : [])],
	['ask', rulesThat('ask')],
	['taint', taintFindings],
	['allow', rulesThat('allow')],
	['effects', effectFindings],
];

const changesOutside = ({ tool: { effects } }: RatedCall) => effects === 'external' || effects === 'irreversible';
const reachesOutside = (call: RatedCall) => changesOutside(call) || call.tool.openWorld;

/** What is to become of a call. Never throws: what cannot be found out asks. */
export async function assess(call: RatedCall, facts: RiskFacts, signal: AbortSignal): Promise<Assessment> {
	const found: { stage: StageName; finding: Finding }[] = [];
	const add = (stage: StageName, findings: readonly Finding[]) => {
		for (const finding of findings) found.push({ stage, finding });
	};
	const trouble = (stage: StageName, error: unknown) =>
		add(stage, [asks('code:trouble', facts.say('gate.rule.trouble', { reason: messageOf(error) }), 'high')]);
	for (const [name, stage] of PURE) {
		try {
			add(name, stage(call, facts));
		} catch (error) {
			trouble(name, error);
		}
	}
	const isDenied = found.some(({ finding }) => finding.verdict === 'deny');
	if (facts.judge !== null && changesOutside(call) && !isDenied) {
		try {
			add('judge', await judgeFindings(facts.judge, call, facts, signal));
		} catch (error) {
			trouble('judge', error);
		}
	}
	const last = defaultFinding(call, facts);
	const [first, ...later] = found.map(({ finding }) => finding);
	if (first !== undefined && !isMereJudgement(found)) {
		return { ruling: narrowed(rulingOf([first, ...later], facts.policy), call), findings: found };
	}
	// Nothing but a model has said anything of it: that may raise what is so by default.
	found.push({ stage: 'default', finding: last });
	const judged = first === undefined ? [] : [first, ...later];
	return { ruling: narrowed(rulingOf([last, ...judged], facts.policy), call), findings: found };
}

const isMereJudgement = (found: readonly { stage: StageName }[]) => found.every(({ stage }) => stage === 'judge');

/** No approval for a whole run covers what cannot be undone, what runs programs, or what is of high risk. */
function narrowed(ruling: Ruling, { tool }: RatedCall): Ruling {
	const isNarrow = tool.effects === 'irreversible' || tool.source === 'shell' || isRiskier(ruling.risk, 'medium');
	return isNarrow ? { ...ruling, width: null } : ruling;
}

function rulesThat(verdict: PolicyRule['verdict']): Stage {
	return ({ tool, input }, { policy, say }) => {
		const troubles: Finding[] = [];
		const hits = policy.rules.filter((rule) => {
			if (rule.verdict !== verdict) return false;
			try {
				return matches(rule, tool, input);
			} catch (error) {
				const text = say('gate.rule.trouble', { reason: messageOf(error) });
				troubles.push(asks(rule.id, text, 'high'));
				return false;
			}
		});
		return [...hits.map(findingOf), ...troubles];
	};
}

function findingOf({ id, text, verdict, risk, needed, forRun, approvers, waitMs }: PolicyRule): Finding {
	return { rule: id, text, verdict: verdict === 'allow' ? 'run' : verdict, risk, needed, forRun, approvers, waitMs };
}

function taintFindings(call: RatedCall, { policy: { taint }, say }: RiskFacts): readonly Finding[] {
	if (!call.tainted) return [];
	if (changesOutside(call)) return [asks('code:taint', say('gate.rule.taint'), taint.risk)];
	const isPrivate = taint.private.some((pattern) => meansTool(pattern, call.tool));
	if (!call.tool.openWorld && !isPrivate) return [];
	return [asks('code:taint', say('gate.rule.taint'), taint.reads, { forRun: [] })];
}

/** Those of trusted servers and of the configuration alone say that a tool has few effects; all others are the worst. */
function effectFindings(call: RatedCall, { say }: RiskFacts): readonly Finding[] {
	if (changesOutside(call)) return [];
	return [asks('code:effects', say('gate.rule.harmless'), 'low', { verdict: 'run' })];
}

function defaultFinding({ tool: { effects } }: RatedCall, { policy, say }: RiskFacts): Finding {
	return effects === 'external'
		? asks('code:external', say('gate.rule.external'), policy.external)
		: asks('code:irreversible', say('gate.rule.irreversible'), policy.irreversible);
}

async function judgeFindings(
	judge: RiskJudge,
	{ tool, input }: RatedCall,
	{ policy, clock, say }: RiskFacts,
	signal: AbortSignal,
): Promise<readonly Finding[]> {
	const over = new AbortController();
	const both = AbortSignal.any([signal, over.signal]);
	try {
		const late = sleep(clock, policy.judge?.timeoutMs ?? 0, both).then(() => {
			throw new Error(say('gate.rule.judge_late'));
		});
		const risk = await Promise.race([judge(tool, input, both), late]);
		return isRiskier(risk, 'low') ? [asks('code:judge', say('gate.rule.judge'), risk)] : [];
	} finally {
		over.abort();
	}
}
