import type { ApprovalItem } from '../core/approval.ts';
import type { AuditRow } from '../core/audit.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { messageOf } from '../core/errors.ts';
import type { Gate, GatedCall, GatedRun, GateVerdict } from '../core/gate.ts';
import type { Capacity } from './capacity.ts';
import { definitionOf } from './digest.ts';
import { isGranted, newItem } from './item.ts';
import type { ApprovalLedger } from './ledger.ts';
import { refusals } from './model-texts.ts';
import { type Asked, asNew, byRecord, type Question, refuse } from './recorded.ts';
import type { ApprovalRecords } from './records.ts';
import { assess, type RiskFacts } from './risk.ts';
import { refusedCallRow } from './rows.ts';
import { asks, type Ruling, rulingOf } from './ruling.ts';
import { schemaFaults } from './schema-check.ts';

export interface GateNeeds {
	records: ApprovalRecords;
	ledger: ApprovalLedger;
	capacity: Capacity;
	/** In the language of whoever asked the run's question. */
	facts: RiskFacts;
	/** Notes in the audit what was refused. Never rejects: a refusal stands, whoever hears of it. */
	note(row: AuditRow): Promise<void>;
	/** Whether whoever asked the run's question may have this tool used for them. */
	mayUse(gated: GatedRun, tool: GatedCall['tool']): Promise<boolean>;
	/** See `Store.durable`. */
	durable: boolean;
	/** Whether anybody at all may approve. */
	hasApprover(ruling: Ruling, session: string): Promise<boolean>;
}

/** Lets calls of a run through by its records and by the policy. */
export function createGate(gated: GatedRun, needs: GateNeeds): Gate {
	const { records, facts } = needs;
	const { policy, clock } = facts;
	const the: Place = { ...needs, gated };

	const checked = async (call: GatedCall, signal: AbortSignal): Promise<GateVerdict> => {
		if (!needs.durable && call.begun && !isRepeatable(call)) {
			return refuseCall(the, call, 'not_durable', refusals.unknown(call.tool.name));
		}
		// What people have said of a call may be forgotten like the call itself.
		if (!needs.durable) return byPolicy(the, call, [], signal);
		const all = (await records.ofRun(gated.run)).flatMap(({ approval }) =>
			approval.items.map((item): Asked => ({ approval, item })),
		);
		const own = all.findLast(({ item }) => item.callId === call.callId);
		const about = { gated, ledger: needs.ledger, policy: policy.version, now: () => clock.now() };
		const recorded = own === undefined ? null : await byRecord(call, own, about);
		if (recorded !== null && 'type' in recorded) return recorded;
		if (recorded !== null) return askAgain(the, call, recorded, signal);
		const before = all.find(({ item }) => isRefusedLike(item, call));
		if (before !== undefined) {
			const { item } = before;
			return refuse(item.state === 'denied' ? refusals.deniedBefore(item) : refusals.expired(item.tool));
		}
		if (call.begun && !isRepeatable(call)) {
			return askAgain(the, call, { ...asNew(call), question: 'outcome' }, signal);
		}
		return byPolicy(the, call, all, signal);
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
				return inTrouble(the, call, error);
			}
		},
	};
}

type Place = GateNeeds & { gated: GatedRun };

/** A call that nobody was asked about. */
async function byPolicy(the: Place, call: GatedCall, all: readonly Asked[], signal: AbortSignal): Promise<GateVerdict> {
	const { tool, input, tainted } = call;
	const { policy } = the.facts;
	if (!(await the.mayUse(the.gated, tool))) return refuseCall(the, call, 'access', refusals.lacking(tool.name));
	const { ruling } = await assess({ tool, input, tainted }, the.facts, signal);
	if (ruling.verdict === 'deny') return refuseCall(the, call, 'policy', refusals.forbidden(tool.name, ruling.reasons));
	if (!the.durable && (ruling.verdict === 'ask' || tool.effects === 'irreversible')) {
		return refuseCall(the, call, 'not_durable', refusals.forgettable(tool.name));
	}
	if (ruling.verdict === 'run') return { type: 'run', input, edited: false };
	const faults = schemaFaults(tool.parameters, input);
	if (faults.length > 0) return refuse(refusals.invalid(tool.name, faults));
	const isCovered = all.some((one) => isGranted(one, call, { ruling, policy: policy.version }));
	return isCovered ? { type: 'run', input, edited: false } : ask(the, call, ruling, asNew(call));
}

/** A call that people are asked about whatever the policy would let run. */
async function askAgain(the: Place, call: GatedCall, question: Question, signal: AbortSignal): Promise<GateVerdict> {
	const { tool, input, tainted } = call;
	const { policy, say } = the.facts;
	const { ruling } = await assess({ tool, input, tainted }, the.facts, signal);
	if (ruling.verdict === 'deny') return refuseCall(the, call, 'policy', refusals.forbidden(tool.name, ruling.reasons));
	const reason =
		question.question === 'outcome'
			? asks('code:unknown-outcome', say('gate.rule.unknown_outcome'), ruling.risk)
			: asks('code:changed', say('gate.rule.changed'), ruling.risk);
	const alone = rulingOf([reason], policy);
	if (ruling.verdict === 'run') return ask(the, call, { ...alone, width: null }, question);
	return ask(the, call, { ...ruling, width: null, reasons: [...alone.reasons, ...ruling.reasons] }, question);
}

async function ask(the: Place, call: GatedCall, ruling: Ruling, question: Question): Promise<GateVerdict> {
	const { gated, facts, records } = the;
	const { tool, agent, attempt } = call;
	const isAnswered = gated.canAsk && (await the.hasApprover(ruling, gated.session));
	const open = isAnswered ? await the.capacity.take(gated, { agent, attempt }) : null;
	if (open !== null) return refuseCall(the, call, 'too_many', refusals.tooMany(tool.name, open));
	const { key, value } = definitionOf(tool);
	await records.keepTool(key, value);
	const item = newItem({ run: gated, call, ruling, ...itemFacts(facts), ...question });
	// Where nobody can answer, people still see in the thread what was not done, and why.
	return { type: 'ask', item: isAnswered ? item : { ...item, state: 'denied' } };
}

async function refuseCall({ gated, note }: Place, { callId, tool }: GatedCall, reason: string, text: string) {
	await note(refusedCallRow(gated, { callId, tool: tool.name }, reason));
	return refuse(text);
}

function inTrouble({ gated, facts, durable }: Place, call: GatedCall, error: unknown): GateVerdict {
	if (!gated.canAsk || !durable) return refuse(refusals.trouble(call.tool.name));
	const text = facts.say('gate.rule.trouble', { reason: messageOf(error) });
	const ruling = rulingOf([asks('code:trouble', text, 'high')], facts.policy);
	return { type: 'ask', item: newItem({ run: gated, call, ruling, ...itemFacts(facts), ...asNew(call) }) };
}

const itemFacts = ({ policy, say }: RiskFacts) => ({ policy: policy.version, say });

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
