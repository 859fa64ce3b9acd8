import type { Approval, ApprovalItem } from '../core/approval.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { GatedCall, GatedRun } from '../core/gate.ts';
import type { Say } from '../core/say.ts';
import { type BoundCall, definitionOf, digestOf, type ToolFacts } from './digest.ts';
import { partsOf } from './rule-match.ts';
import type { Ruling } from './ruling.ts';

export interface ItemFacts {
	run: Pick<GatedRun, 'run' | 'session' | 'requester'>;
	call: GatedCall;
	question: ApprovalItem['question'];
	ruling: Ruling;
	/** Version of the policy. */
	policy: string;
	/** What it is to run with, canonical. */
	arguments: string;
	before: string | null;
	say: Say;
}

/** What people are asked about a call. */
export function newItem(facts: ItemFacts): ApprovalItem {
	const { run, call, question, ruling, policy, before, say } = facts;
	const { callId, tool, said, tainted, agent } = call;
	const definition = definitionOf(tool).key;
	const bound = {
		...{ callId, question, source: tool.source, tool: tool.name, effects: tool.effects },
		...{ fingerprint: tool.fingerprint, definition, proposed: canonicalJson(call.input), revision: 1 },
		arguments: facts.arguments,
	};
	const width = question === 'run' && ruling.width !== null ? [...ruling.width] : null;
	return {
		...bound,
		digest: digestOf({ ...run, ...bound, agent, policy }),
		...{ said, tainted, ...judged(ruling), width },
		...{ votes: [], state: 'pending', denial: null, editedBy: null, before, outcome: null, effect: 'none' },
		grant: width === null ? null : grantText(tool.name, width, say),
	};
}

/** The part of an item that the policy decides. */
export function judged({ risk, reasons, needed, approvers, waitMs }: Ruling) {
	return { risk, reasons, needed, waitMs, approvers: approvers?.map((tier) => [...tier]) ?? null };
}

/** What an approval for the whole run would cover, spelt out. */
export function grantText(tool: string, width: readonly string[], say: Say): string {
	if (width.length === 0) return say('gate.grant.any', { tool });
	return say('gate.grant.same', { tool, arguments: width.join(', ') });
}

/** All that an item of a request is bound to. */
export function boundOf(approval: Approval, item: ApprovalItem): BoundCall {
	const { session, run, requester, agent, policy } = approval;
	const { callId, question, source, tool, effects, fingerprint, definition, proposed, revision } = item;
	return {
		...{ session, run, requester, agent, policy, callId, question, source, tool, effects },
		...{ fingerprint, definition, proposed, arguments: item.arguments, revision },
	};
}

/** The digest that an item has if what would run now is still what was asked about. */
export function digestNow(item: ApprovalItem, { run, call, policy }: Pick<ItemFacts, 'run' | 'call' | 'policy'>) {
	const { agent, callId, tool, input } = call;
	return digestOf({
		...{ session: run.session, run: run.run, requester: run.requester, agent, policy, callId },
		...{ question: item.question, source: tool.source, tool: tool.name, effects: tool.effects },
		...{ fingerprint: tool.fingerprint, definition: definitionOf(tool).key, proposed: canonicalJson(input) },
		...{ arguments: item.arguments, revision: item.revision },
	});
}

/** Whether a person has approved calls like this one for the whole run. */
export function isGranted(
	{ approval, item }: { approval: Approval; item: ApprovalItem },
	call: GatedCall,
	{ ruling, policy }: Pick<ItemFacts, 'ruling' | 'policy'>,
): boolean {
	const { width, state, votes, question } = item;
	if (question !== 'run' || state !== 'approved' || width === null || approval.policy !== policy) return false;
	const yes = votes.filter(({ decision }) => decision === 'approve');
	if (yes.length === 0 || !yes.every(({ forRun }) => forRun)) return false;
	if (ruling.width === null || item.definition !== definitionOf(call.tool).key) return false;
	const known = new Set(item.reasons.map(({ rule }) => rule));
	if (!ruling.reasons.every(({ rule }) => known.has(rule))) return false;
	const approved: unknown = JSON.parse(item.arguments);
	return width.every((path) => valuesAt(approved, path) === valuesAt(call.input, path));
}

const valuesAt = (input: unknown, path: string) =>
	canonicalJson(partsOf(input).flatMap(([at, value]) => (at === path ? [value] : [])));

/** A tool as it was when it was asked about, for those who judge it again. */
export const toolOf = (facts: ToolFacts) => ({ ...facts, label: facts.name });
