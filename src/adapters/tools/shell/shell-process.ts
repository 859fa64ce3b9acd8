import { type AgentFolder, OWN_FOLDER } from '../../../core/agent-folder.ts';
import type { Sandbox, SandboxExit, SandboxLimits, SandboxProcess } from '../../../core/sandbox.ts';
import type { ShellSettings } from '../../../core/shell-settings.ts';

/** Where the commands of one agent run. */
export interface ShellPlace {
	run: string;
	sandbox: Sandbox;
	folder: AgentFolder;
	settings: ShellSettings;
}

export interface Line {
	/** What bash is given. */
	command: string;
	/** Where it starts, relative to the own folder or absolute. */
	workDir: string;
	limits: Pick<SandboxLimits, 'wallMs' | 'outputBytes'>;
}

/**
 * The folder is entered inside, not by the engine, which would follow a link that a command has planted out of the
 * sandbox. What is installed in the folder's `.venv` goes before what the image has. Both streams are one, so that they
 * keep their order.
 */
const START = `cd -- "$1" || exit 126
if [ -d ${OWN_FOLDER}/.venv/bin ]; then export VIRTUAL_ENV=${OWN_FOLDER}/.venv PATH="${OWN_FOLDER}/.venv/bin:$PATH"; fi
exec bash -c "$2" 2>&1`;

/**
 * Starts a line of bash in a container of its own, without input. One for each line and not one for the agent: what a
 * line leaves running ends with it, a limit that it breaks kills nothing else, and the engine kills containers, not
 * commands in them. Throws what `AgentFolder.mounts` and `Sandbox.spawn` throw.
 */
export async function startLine(
	{ run, sandbox, folder, settings }: ShellPlace,
	image: string,
	{ command, workDir, limits }: Line,
	signal: AbortSignal,
): Promise<SandboxProcess> {
	const mounts = await folder.mounts();
	const request = {
		run,
		purpose: 'shell',
		image,
		command: ['bash', '-c', START, 'bash', workDir, command],
		env: {},
		mounts,
		cwd: OWN_FOLDER,
		limits: { ...settings.limits, ...limits },
		egress: settings.egress,
	};
	const process = await sandbox.spawn(request, signal);
	process.end();
	return process;
}

/** Hands both streams of a process over as they come; resolves with its end, when all of them has been handed over. */
export async function watched(process: SandboxProcess, take: (bytes: Uint8Array) => void): Promise<SandboxExit> {
	const read = async (stream: AsyncIterable<Uint8Array>) => {
		for await (const bytes of stream) take(bytes);
	};
	const [exit] = await Promise.all([process.exit, read(process.stdout), read(process.stderr)]);
	return exit;
}

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** How a line ended, for a model. */
export function endingOf({ code, killed }: SandboxExit, limits: Omit<SandboxLimits, 'cpus' | 'tmpBytes'>): string {
	switch (killed) {
		case null:
			return `exit code ${code}`;
		case 'memory':
			return `exit code ${code}, and processes were killed because together they took more than ${mebibytes(limits.memoryBytes)} of memory`;
		case 'time':
			return `killed: it took longer than ${Math.round((limits.wallMs ?? 0) / 100) / 10} seconds`;
		case 'output':
			return `killed: it wrote more than ${mebibytes(limits.outputBytes)}`;
		case 'disposed':
			return 'stopped';
		case 'lost':
			return 'lost: its container was ended from outside';
	}
}
