import { createHash } from 'node:crypto';
import type { ApprovalItem, Person } from '../core/approval.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Tool } from '../core/tool.ts';

/** Grows when what a digest is made of changes: then nothing that was approved before counts any more. */
const VERSION = 1;

/** Everything that makes a call what people decide about. */
export interface BoundCall {
	session: string;
	run: string;
	requester: Person | null;
	agent: string;
	callId: string;
	question: ApprovalItem['question'];
	source: string;
	tool: string;
	effects: Tool['effects'];
	fingerprint: string;
	/** See `definitionKey`. */
	definition: string;
	/** Canonical JSON: what the model called it with, and what it is to run with. */
	proposed: string;
	arguments: string;
	revision: number;
	/** Version of the policy. */
	policy: string;
}

/** SHA-256, in hex, of all that is bound. */
export function digestOf(call: BoundCall): string {
	const { session, run, requester, agent, callId, question, source, tool, effects, fingerprint } = call;
	const { definition, proposed, revision, policy } = call;
	const by = requester === null ? null : [requester.platform, requester.tenant, requester.user];
	return sha256(
		canonicalJson({
			...{ v: VERSION, session, run, requester: by, agent, callId, question, source, tool, effects },
			...{ fingerprint, definition, proposed, arguments: call.arguments, revision, policy },
		}),
	);
}

/** What is known of a tool that a call is judged and checked by, and its key: another one for other facts. */
export function definitionOf(tool: Tool): { key: string; value: ToolFacts } {
	const { name, source, effects, openWorld, idempotent, fingerprint, description, parameters } = tool;
	const value = { name, source, effects, openWorld, idempotent, fingerprint, description, parameters };
	return { key: sha256(canonicalJson(value)), value };
}

export type ToolFacts = Omit<Tool, 'label'>;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
