/** How much a sandboxed process may take. */
export interface SandboxLimits {
	/** Bytes of memory, swap included. */
	memoryBytes: number;
	/** Processors; 0.5 is half of one. */
	cpus: number;
	/** Processes and threads at a time. */
	pids: number;
	/** Bytes of `/tmp`, which is in memory. */
	tmpBytes: number;
	/** Milliseconds until it is killed, from its start; null: until it is disposed of, and at most a day. */
	wallMs: number | null;
	/** Bytes of output that are read, both streams together; then it is killed. */
	outputBytes: number;
}

/** A folder of the run inside of a sandbox. */
export interface SandboxMount {
	/** Name of the workspace, as `Sandbox.workspace` made it. One of another run is refused. */
	workspace: string;
	/** Where it is inside: `/workspace` or a path below it; none inside of another. */
	at: string;
	writable: boolean;
}

export interface SandboxRequest {
	/** The run it works for: a lease on its name ends when the run does. */
	run: string;
	/** What it is for, in one word for labels: `mcp`, `shell`, `files`. */
	purpose: string;
	/** An image by digest, or by the id of one that was built here. A tag is refused. */
	image: string;
	/** Program and arguments; not a shell line. */
	command: readonly string[];
	/** The whole environment. Secrets are allowed here and nowhere else. An image must have `sh` to be given one. */
	env: Readonly<Record<string, string>>;
	mounts: readonly SandboxMount[];
	/** Where it starts: `/`, `/tmp` or where a workspace is. */
	cwd: string;
	limits: SandboxLimits;
	/** Hosts with ports (`api.example.com:443`) that may be reached, through the egress proxy only; empty: no network. */
	egress: readonly string[];
}

export interface SandboxExit {
	/**
	 * 128 and the number of the signal when one ended the program. Null when the sandbox ended it: by time, output or
	 * disposal, or because the engine was lost.
	 */
	code: number | null;
	/**
	 * Why it did not end by itself. `memory` with a code: one of its processes was killed for memory, the others went on
	 * to the end; the code, even a zero, says nothing then.
	 */
	killed: 'memory' | 'time' | 'output' | 'disposed' | 'lost' | null;
}

/** A process in a sandbox of its own. */
export interface SandboxProcess {
	/** Resolves when the process has taken it. Rejects when it has ended. */
	write(bytes: Uint8Array): Promise<void>;
	/** No more input. */
	end(): void;
	/** Its output as it comes; ends with the process. A slow reader slows the process down. */
	readonly stdout: AsyncIterable<Uint8Array>;
	readonly stderr: AsyncIterable<Uint8Array>;
	/** Resolves when it has ended and nothing of it is left. */
	readonly exit: Promise<SandboxExit>;
	/** Kills it if it runs; resolves when nothing of it is left. */
	dispose(): Promise<void>;
}

/** How much a workspace holds. It is in memory, so what a process writes there counts as memory of the machine. */
export interface WorkspaceLimits {
	bytes: number;
	/** Files and folders. */
	files: number;
}

/** A regular file of a workspace. */
export interface WorkspaceFile {
	/** Relative to the workspace, with `/` between its parts and no `..` among them. */
	path: string;
	content: Uint8Array;
	executable: boolean;
}

/** What is found in a workspace: a file, or something that is never read out, and why. */
export type WorkspaceEntry =
	| ({ type: 'file' } & WorkspaceFile)
	| { type: 'refused'; path: string; reason: 'symlink' | 'hardlink' | 'device' | 'fifo' | 'name' };

/** Images that `npm run sandbox:build` makes: programs for commands, and what MCP servers run in. */
export type SandboxImage = 'toolchain' | 'mcp';

/**
 * Where tools execute. What a request does not name is closed: no network, no privileges, a root that cannot be
 * written, nothing of the machine. Nothing a model or a tool says can loosen that.
 */
export interface Sandbox {
	/** Why tools cannot be used, in a sentence with the repair; null: they can. */
	problem(): Promise<string | null>;
	/**
	 * Starts a process. Throws `sandbox_failed` with a message for people when it cannot be started, and the signal's
	 * reason when that aborts before it runs; an abort after that disposes of it.
	 */
	spawn(request: SandboxRequest, signal: AbortSignal): Promise<SandboxProcess>;
	/**
	 * Makes an empty workspace of the run, or finds it; the result is its name. It lives until the run is released or the
	 * program ends. Throws `sandbox_failed`.
	 */
	workspace(run: string, name: string, limits: WorkspaceLimits): Promise<string>;
	/**
	 * Everything below `path` of a workspace (empty: all of it), folders left out, in no order that means anything. Reads
	 * at most `bytes` of content and throws `sandbox_failed` when there is more, or nothing at `path`.
	 */
	readFiles(workspace: string, path: string, bytes: number): AsyncIterable<WorkspaceEntry>;
	/**
	 * Puts files into a workspace, with the folders they need, in the place of files that are there. Throws
	 * `sandbox_failed` when a path leaves the workspace or leads through a link, and when they do not fit; some may have
	 * been written then.
	 */
	writeFiles(workspace: string, files: readonly WorkspaceFile[]): Promise<void>;
	/** The id of the image of this name that was made last; null: none has been made. */
	image(name: SandboxImage): Promise<string | null>;
	/** Removes every process and workspace of a run. */
	release(run: string): Promise<void>;
	/**
	 * Removes what this program left behind in another life, and what any other one left beyond its lease. To be called
	 * at the start, before the first `spawn`, and every minute. Returns how many things.
	 */
	reap(): Promise<number>;
	/** Removes every process and workspace of this life. */
	close(): Promise<void>;
}
