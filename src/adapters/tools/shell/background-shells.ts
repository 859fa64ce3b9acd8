import type { SandboxExit, SandboxProcess } from '../../../core/sandbox.ts';
import { createKeptOutput, type KeptOutput } from './kept-output.ts';
import { watched } from './shell-process.ts';
import { BACKGROUND_LIMIT, UNREAD_BYTES } from './shell-tools.ts';

/** Background shells that have ended and are still known; older ones are forgotten. */
const ENDED_LIMIT = 20;

export interface BackgroundShell {
	command: string;
	process: SandboxProcess;
	output: KeptOutput;
	/** Null: it runs. */
	exit: SandboxExit | null;
	/** Settles when it has ended and all of its output is there. */
	over: Promise<void>;
}

/** The background shells of one agent, by the ids that it knows. */
export interface BackgroundShells {
	/** Starts one and gives its id; null: there are too many. Throws what `start` throws. */
	begin(command: string, start: () => Promise<SandboxProcess>): Promise<string | null>;
	find(id: string): BackgroundShell | null;
	ids(): readonly string[];
	/** Ends one; its end then is as it was, or `disposed`. */
	kill(shell: BackgroundShell): Promise<void>;
	close(): Promise<void>;
}

export function createBackgroundShells(): BackgroundShells {
	const shells = new Map<string, BackgroundShell>();
	let starting = 0;
	let count = 0;
	let isClosed = false;

	const running = () => [...shells.values()].filter(({ exit }) => exit === null).length;

	const kill = async (shell: BackgroundShell) => {
		await shell.process.dispose();
		await shell.over;
	};

	const follow = (command: string, process: SandboxProcess): BackgroundShell => {
		const output = createKeptOutput(0, UNREAD_BYTES);
		const shell: BackgroundShell = { command, process, output, exit: null, over: Promise.resolve() };
		shell.over = watched(process, output.push).then((exit) => {
			shell.exit = exit;
		});
		return shell;
	};

	const forgetOld = () => {
		const ended = [...shells].filter(([, { exit }]) => exit !== null);
		for (const [id] of ended.slice(0, Math.max(0, ended.length - ENDED_LIMIT))) shells.delete(id);
	};

	return {
		async begin(command, start) {
			if (running() + starting >= BACKGROUND_LIMIT) return null;
			starting += 1;
			try {
				const shell = follow(command, await start());
				if (isClosed) await kill(shell);
				count += 1;
				const id = `shell_${count}`;
				shells.set(id, shell);
				forgetOld();
				return id;
			} finally {
				starting -= 1;
			}
		},
		find: (id) => shells.get(id) ?? null,
		ids: () => [...shells.keys()],
		kill,
		async close() {
			isClosed = true;
			await Promise.all([...shells.values()].map(kill));
		},
	};
}
