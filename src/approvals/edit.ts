import type { Approval, ApprovalItem } from '../core/approval.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Principal } from '../core/gateway.ts';
import { digestOf } from './digest.ts';
import { boundOf, grantText, judged, toolOf } from './item.ts';
import { personOf } from './press.ts';
import type { ApprovalRecords } from './records.ts';
import { assess, type RiskFacts } from './risk.ts';
import { bothOf, isRiskier } from './ruling.ts';
import { schemaFaults } from './schema-check.ts';
import { withItems } from './transitions.ts';

/** Why arguments that a person wrote are not taken: the end of the text's key in the catalogue, and what is wrong. */
export interface EditRefusal {
	reason: 'edit_json' | 'edit_same' | 'edit_unknown' | 'edit_invalid' | 'edit_forbidden';
	faults: string;
}

/**
 * The request with other arguments for one of its items: another revision, judged again, without votes. It is never
 * less risky than before, because somebody has held it back once.
 */
export async function edited(
	{ approval, item }: { approval: Approval; item: ApprovalItem },
	text: string,
	by: Principal,
	{ records, facts }: { records: ApprovalRecords; facts: RiskFacts },
): Promise<{ next: Approval; item: ApprovalItem } | EditRefusal> {
	const input = readArguments(text);
	if (input === null) return { reason: 'edit_json', faults: '' };
	if (input.canonical === item.arguments) return { reason: 'edit_same', faults: '' };
	const known = await records.tool(item.definition);
	if (known === null) return { reason: 'edit_unknown', faults: '' };
	const faults = schemaFaults(known.parameters, input.value);
	if (faults.length > 0) return { reason: 'edit_invalid', faults: faults.join('; ') };
	const call = { tool: toolOf(known), input: input.value, tainted: item.tainted };
	const { ruling } = await assess(call, facts, AbortSignal.timeout(EDIT_MS));
	if (ruling.verdict === 'deny') {
		return { reason: 'edit_forbidden', faults: ruling.reasons.map(({ rule, text: why }) => why || rule).join('; ') };
	}
	const width = item.width === null || ruling.width === null ? null : [...new Set([...item.width, ...ruling.width])];
	const reasons = new Set(item.reasons.map(({ rule }) => rule));
	const more = ruling.verdict === 'run' ? [] : ruling.reasons.filter(({ rule }) => !reasons.has(rule));
	const approvers = ruling.verdict === 'run' ? item.approvers : bothOf(item.approvers, ruling.approvers);
	const bare: ApprovalItem = {
		...item,
		arguments: input.canonical,
		...judged({
			...ruling,
			risk: isRiskier(ruling.risk, item.risk) ? ruling.risk : item.risk,
			reasons: [...item.reasons, ...more],
			needed: Math.max(item.needed, ruling.needed),
			approvers,
			waitMs: Math.min(item.waitMs, ruling.waitMs),
		}),
		...{ votes: [], revision: item.revision + 1, editedBy: personOf(by), before: item.arguments, width },
		grant: width === null ? null : grantText(item.tool, width, facts.say),
	};
	const changed = { ...bare, digest: digestOf(boundOf(approval, bare)) };
	const expiresAt = Math.min(approval.expiresAt, Math.max(facts.clock.now(), approval.createdAt) + changed.waitMs);
	return { next: { ...withItems(approval, [changed]), expiresAt }, item: changed };
}

/** The longest that judging an edit may take, in milliseconds. */
const EDIT_MS = 30_000;

/** Arguments that cannot be written in one way only, such as those with half a character, are none. */
function readArguments(text: string): { value: unknown; canonical: string } | null {
	try {
		const value: unknown = JSON.parse(text);
		return { value, canonical: canonicalJson(value) };
	} catch {
		return null;
	}
}
