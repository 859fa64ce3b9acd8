import type { SandboxMount } from './sandbox.ts';
import type { ToolsetTurn } from './tool.ts';

/** The agent's own folder inside of a sandbox: relative paths start there. */
export const OWN_FOLDER = '/workspace/work';
/** Below it a read-only folder for each answer of the turn whose author has files, by its anonymous name. */
export const ANSWER_FOLDERS = '/workspace/answers';
/** Below it a folder for each project folder of the team. */
export const CONTEXT_FOLDERS = '/workspace/context';
/** Read-only: the files that came with the question. */
export const ATTACHED_FOLDER = '/workspace/attachments';

/**
 * The folders of one agent in one run, as its turn may see them. Every toolset that works with files has the same one;
 * the toolset `workspace` owns it, so there is none where that is off.
 */
export interface AgentFolder {
	/**
	 * Makes the folders those of a turn: to be called by each of its toolsets in `tools`. Begins the work and returns at
	 * once; what comes of it is told by `mounts`. The same turn (the same object) again changes nothing.
	 */
	open(turn: ToolsetTurn): void;
	/**
	 * What a process of the turn mounts, once everything has been laid out: the own folder writable at `OWN_FOLDER`, the
	 * rest below the other paths, read-only except for the context folders that the presenting winner may write. Another
	 * turn may have other mounts, so a process of an earlier one does not see what this one sees. Who has called it may
	 * have changed the files. Throws `sandbox_failed` with a sentence for the model, also before `open`.
	 */
	mounts(): Promise<readonly SandboxMount[]>;
	/**
	 * To be awaited when a call that may have changed files has ended and before its result is told: what it did is then
	 * still there when the program is killed. A folder with very many files is not looked at each time. Never throws.
	 */
	settled(): Promise<void>;
}
