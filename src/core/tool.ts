import type { ToolSpec } from './backend.ts';

/** What running a tool does to the world; approvals and planning mode read it. */
export type ToolEffects = 'none' | 'workspace' | 'external' | 'irreversible';

export interface Tool extends ToolSpec {
	effects: ToolEffects;
	/** What a board may show while it runs: short, and never an argument. */
	label: string;
}

/** What a call gave back. A failed tool is a result that says so, never a throw. */
export interface ToolResult {
	text: string;
	isError: boolean;
}

/** A closable source of tools for one agent. */
export interface Toolset {
	tools(): Promise<readonly Tool[]>;
	/** `input` is parsed JSON and has not been checked against the tool's schema. */
	call(name: string, input: unknown, signal: AbortSignal): Promise<ToolResult>;
	close(): Promise<void>;
}
