import type { Turn } from './agent.ts';
import type { Approval, ApprovalDecision, ApprovalItem, Person } from './approval.ts';
import type { AuditRow } from './audit.ts';
import type { Principal } from './gateway.ts';
import type { StoreChange } from './store.ts';
import type { Tool } from './tool.ts';

/** A call at the gate. */
export interface GatedCall {
	agent: string;
	/** Its anonymous name. */
	name: string;
	attempt: number;
	kind: Turn['kind'];
	/** Its effect key: names it for good. */
	callId: string;
	tool: Tool;
	/** Parsed JSON. */
	input: unknown;
	/** The model's own text beside the call. */
	said: string;
	/** The run has read what anyone may have written. */
	tainted: boolean;
	/** A process that is gone had begun it, and its end was never seen. */
	begun: boolean;
}

export type GateVerdict =
	/** It may run now, with these arguments: those of the call unless a person has changed them. */
	| { type: 'run'; input: unknown; edited: boolean }
	/** It does not run; the text is for the model. */
	| { type: 'refuse'; text: string; isError: boolean }
	/** It waits for people. */
	| { type: 'ask'; item: ApprovalItem };

/** Who lets which call of one run through. */
export interface Gate {
	/** Never throws: trouble asks, or refuses where nobody can answer. */
	check(call: GatedCall, signal: AbortSignal): Promise<GateVerdict>;
}

/** The run that calls are made for. */
export interface GatedRun {
	run: string;
	session: string;
	question: string;
	requester: Person | null;
	/** Language of whoever asked; null: the process's own. */
	locale: string | null;
	/** Whether a person can be asked where its thread is shown. */
	canAsk: boolean;
}

/** What the runs need of approvals. */
export interface Approvals {
	gateOf(run: GatedRun): Gate;
	/**
	 * A new request for the items of one turn, and the changes that make it durable, to be committed with its suspension
	 * and with the rows: `Audit.record(rows, [...changes, the journal's entry])`.
	 */
	request(
		run: GatedRun,
		turn: { agent: string; name: string; attempt: number },
		items: readonly ApprovalItem[],
	): Promise<{ approval: Approval; changes: readonly StoreChange[]; rows: readonly AuditRow[] }>;
	/**
	 * The changes by which approved calls are marked as begun or ended, to be committed with the journal's entry that says
	 * so. Empty when none of the calls was approved by people. They hold as long as nothing else of the run's requests is
	 * written in between, so ask for them inside of what orders the journal's commits.
	 */
	progress(
		run: string,
		calls: readonly { callId: string; effect: 'started' | 'done' | 'failed' }[],
	): Promise<readonly StoreChange[]>;
	/** The newest state of every request of a run, oldest first. */
	of(run: string): Promise<readonly Approval[]>;
	/**
	 * Calls with every change of a request of the run from now on; the returned function ends it. What another process
	 * has changed is seen by the next sweep, which also tells the present state of each once: a state that is known
	 * already is to be passed over.
	 */
	watch(run: string, changed: (approval: Approval) => void): () => void;
	/** Cancels what is pending in one request of a run, or in all of them (null). */
	cancel(run: string, only: string | null): Promise<void>;
}

/** What people do with requests. */
export interface ApprovalDesk {
	/** Decides, or says in a sentence for the person, in their language, why not. `request`: the id of the inbound. */
	decide(
		decision: ApprovalDecision,
		by: Principal,
		how: { via: string; locale: string | null; request: string },
	): Promise<{ approval: Approval } | { refusal: string }>;
	/** Those that wait in a session, or in all of a tenant's channel sessions it stands for; oldest first. */
	open(session: string): Promise<readonly Approval[]>;
	find(id: string): Promise<Approval | null>;
}
