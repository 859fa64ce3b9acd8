import type { Abilities } from './abilities.ts';
import type { Attachment } from './attachment.ts';
import type { ToolSpec } from './backend.ts';
import type { KeptFiles } from './kept-files.ts';
import type { PlannedTask } from './task-plan.ts';
import type { ModelCall } from './usage.ts';

/** What running a tool does to the world; approvals and planning mode read it. */
export type ToolEffects = 'none' | 'workspace' | 'external' | 'irreversible';

export interface Tool extends ToolSpec {
	effects: ToolEffects;
	/** A second call with the same arguments does no more than the first. */
	idempotent: boolean;
	/** What it gives back may be written by anyone: a run that has read it is no longer sure of its own intent. */
	openWorld: boolean;
	/** Which toolset it belongs to, as people know it: an MCP server's name, `workspace`, `shell`. */
	source: string;
	/** Hash of everything that makes it what it is; another one is another tool. Letters and digits. */
	fingerprint: string;
	/** What a board may show while it runs: short, and never an argument. */
	label: string;
}

/** What a call gave back. A failed tool is a result that says so, never a throw. */
export interface ToolResult {
	text: string;
	isError: boolean;
	/** The agent's task plan from now on; left out: as it was. */
	plan?: readonly PlannedTask[];
	/** Model calls that the tool has made; left out: none. */
	calls?: readonly ModelCall[];
}

/** The turn that tools are opened for. */
export interface ToolsetTurn {
	kind: 'answer' | 'evaluate' | 'present' | 'review';
	question: string;
	/** The answers in its prompt. `files`: id of what their authors' folders held then; null: nothing. */
	seen: readonly { name: string; mine: boolean; files: string | null }[];
	/** Where the agent's own files stood at the last point that was kept; null: nowhere yet. */
	files: string | null;
	/** The files that came with the conversation. */
	attachments: readonly Pick<Attachment, 'name' | 'bytes' | 'key'>[];
	/** The agent's task plan as it was kept last; empty: none yet. */
	plan: readonly PlannedTask[];
}

export interface CallOptions {
	signal: AbortSignal;
	/** The same whenever this one call is made again, and that of no other call. */
	effectKey: string;
	/** A short line on how far it is, for people. */
	progress(text: string): void;
}

/** A closable source of tools for one agent, which takes one turn at a time. */
export interface Toolset {
	/** Its tools may be left out of a turn when an agent has very many; they can be looked up then. Left out: never. */
	readonly choosable?: boolean;
	/** What it has for a turn. Called at the start of each; calls before the first are refused. */
	tools(turn: ToolsetTurn): Promise<readonly Tool[]>;
	/** A tool that is offered to nobody and may be called all the same: what an agent of another system wants to do. */
	unlisted?(name: string): Tool | null;
	/** What the agent can do with its tools of the turn, for its instructions; left out: nothing that they must explain. */
	abilities?(): Partial<Abilities>;
	/** `input` is parsed JSON and has not been checked against the tool's schema. */
	call(name: string, input: unknown, options: CallOptions): Promise<ToolResult>;
	/** Keeps the files that its calls have worked on; null: it has none. Throws `sandbox_failed` or a store's error. */
	keepFiles?(): Promise<KeptFiles | null>;
	close(): Promise<void>;
}
