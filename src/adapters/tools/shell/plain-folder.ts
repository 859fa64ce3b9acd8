import { type AgentFolder, OWN_FOLDER } from '../../../core/agent-folder.ts';
import type { Sandbox, SandboxMount } from '../../../core/sandbox.ts';

/** What it holds, in memory. */
const LIMITS = { bytes: 256 * 2 ** 20, files: 16_384 };

/** A folder for the commands of an agent that has no workspace: empty at first, and gone with the run. */
export function createPlainFolder(sandbox: Sandbox, run: string, agent: string): AgentFolder {
	let made: Promise<string> | null = null;
	const make = () => {
		made ??= sandbox.workspace(run, `folder-${agent}`, LIMITS);
		made.catch(() => {
			made = null;
		});
		return made;
	};
	return {
		// `mounts` says what is wrong with it.
		open: () => void make().catch(() => {}),
		async mounts(): Promise<readonly SandboxMount[]> {
			return [{ workspace: await make(), at: OWN_FOLDER, writable: true }];
		},
	};
}
