import type { KeptFile } from '../../../core/kept-files.ts';
import type { Sandbox, WorkspaceLimits } from '../../../core/sandbox.ts';
import type { FileVault } from './file-vault.ts';

/** Bytes in which memory is handed out; a file takes up whole ones. */
const PAGE = 4_096;

/** The folders of a run that several of its agents see: each is laid out once and mounted by all of them. */
export interface RunVolumes {
	/** An empty folder that belongs to one agent. */
	own(agent: string): Promise<string>;
	/** The files of a folder as it was kept; made at the first call. The result is the name of the workspace. */
	kept(id: string): Promise<string>;
	/** The files under a name that stands for them; made at the first call. */
	holding(name: string, files: readonly KeptFile[], limits?: WorkspaceLimits): Promise<string>;
}

export function createRunVolumes(sandbox: Sandbox, vault: FileVault, run: string, limits: WorkspaceLimits): RunVolumes {
	const made = new Map<string, Promise<string>>();
	const once = (name: string, make: () => Promise<string>) => {
		const known = made.get(name) ?? make();
		made.set(name, known);
		known.catch(() => made.delete(name));
		return known;
	};
	const holding: RunVolumes['holding'] = (name, files, room = sizeOf(files)) =>
		once(name, async () => {
			const workspace = await sandbox.workspace(run, name, room);
			await fill(sandbox, workspace, vault, files);
			return workspace;
		});
	return {
		own: (agent) => once(`own-${agent}`, () => sandbox.workspace(run, `own-${agent}`, limits)),
		kept: async (id) => holding(`kept-${id}`, (await vault.folder(id)).files),
		holding,
	};
}

export async function fill(
	sandbox: Sandbox,
	workspace: string,
	vault: FileVault,
	files: readonly KeptFile[],
): Promise<void> {
	for await (const batch of vault.contents(files)) await sandbox.writeFiles(workspace, batch);
}

/** Just as much as the files need. */
function sizeOf(files: readonly KeptFile[]): WorkspaceLimits {
	const folders = new Set<string>();
	for (const [path] of files) {
		for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) folders.add(path.slice(0, end));
	}
	const bytes = files.reduce((sum, [, size]) => sum + Math.ceil(size / PAGE) * PAGE, PAGE);
	return { bytes, files: files.length + folders.size + 1 };
}
