import type { BackendFailure, ToolSpec } from './backend.ts';
import type { Usage } from './usage.ts';

/** What was said so far, as text alone: every system of agents understands that. */
export interface ExternalMessage {
	role: 'user' | 'assistant';
	text: string;
}

/** Something that an agent wants to do and that people must decide. */
export interface ExternalAction {
	/** Names it within its interrupt. */
	id: string;
	/** What would be done, as a rule of the policy knows it: letters, digits, `_`, `-` and `.`, at most 100. */
	name: string;
	/** The exact arguments: JSON. */
	input: unknown;
}

/** What people have said of an action. */
export interface ExternalDecision {
	/** Of the action. */
	id: string;
	isApproved: boolean;
	/** The arguments to do it with: a person may have changed them. */
	input: unknown;
	/** Of an action that was not approved: why not, for the agent. Empty otherwise. */
	text: string;
}

/** One reply that is asked of an agent. */
export interface ExternalRequest {
	run: string;
	/** The agent's id in its team, never to be shown to it. */
	agent: string;
	/** Who it is and how the team works; put where the system keeps instructions, or before the first message. */
	instructions: string;
	/** The whole turn so far, oldest first; the last one is the user's. */
	messages: readonly ExternalMessage[];
	/** Calls that the reply may end with. Empty for whoever cannot call them: then `instructions` say how to write one. */
	tools: readonly ToolSpec[];
	/** Goes on from an interrupt; null: a reply to `messages`. */
	resume: { state: string; decisions: readonly ExternalDecision[] } | null;
}

export type ExternalEvent =
	| { type: 'text_delta'; text: string }
	/** The agent's own tools, for people. */
	| { type: 'tool_started'; tool: string }
	| { type: 'tool_progressed'; tool: string; text: string }
	| { type: 'tool_finished'; tool: string; isError: boolean }
	/** One of the request's `tools` was called. `arguments`: JSON text as the model wrote it. */
	| { type: 'tool_called'; name: string; arguments: string }
	/** People must decide. `state`: all that is needed to go on, also in another process, at most 1 MB. At least one action. */
	| { type: 'interrupted'; state: string; actions: readonly ExternalAction[]; usage: Usage }
	/** `text`: the whole reply, whatever was streamed of it. */
	| { type: 'finished'; text: string; usage: Usage }
	/** See `BackendEvent`. */
	| { type: 'failed'; failure: BackendFailure; retryable: boolean; message: string; usage: Usage };

/**
 * An agent of another system, which brings its own loop, its own model and its own tools. `reply` may throw, and may stop
 * listening after an abort: whoever calls it copes with both. Its last event is `interrupted`, `finished` or `failed`.
 */
export interface ExternalAgent {
	/** What kind it is: `langgraph`, `a2a`, ... */
	readonly framework: string;
	/** It can be given the calls of the coordination as tools, and reports them as `tool_called`. */
	readonly callsTools: boolean;
	/**
	 * What its own tools do. `none`: nothing to the world. `gated`: they interrupt first. `ungated`: they act, so people
	 * approve the agent as a whole before each of its turns.
	 */
	readonly ownTools: 'none' | 'gated' | 'ungated';
	reply(request: ExternalRequest, signal: AbortSignal): AsyncIterable<ExternalEvent>;
	/** For the doctor: starts what else only the first reply starts. Throws, with a sentence, when that cannot be. */
	check?(): Promise<void>;
	close(): Promise<void>;
}
