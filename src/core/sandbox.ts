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
	/** Milliseconds until it is killed, from its start; null: until it is disposed of. */
	wallMs: number | null;
	/** Bytes of output that are read, both streams together; then it is killed. */
	outputBytes: number;
}

/** A folder of the run inside of a sandbox. */
export interface SandboxMount {
	/** Name of the workspace, as `Sandbox.workspace` made it. */
	workspace: string;
	/** Where it is inside: an absolute path below `/workspace`. */
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
	/** The whole environment. Secrets are allowed here and nowhere else. */
	env: Readonly<Record<string, string>>;
	mounts: readonly SandboxMount[];
	/** Where it starts: an absolute path inside. */
	cwd: string;
	limits: SandboxLimits;
	/** Hosts with ports (`api.example.com:443`) that may be reached, through the egress proxy only; empty: no network. */
	egress: readonly string[];
}

export interface SandboxExit {
	/** Null when a signal ended it. */
	code: number | null;
	/** Why it did not end by itself. */
	killed: 'memory' | 'time' | 'output' | 'disposed' | null;
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
	/** Makes an empty workspace of the run, or finds it; the result is its name. `bytes`: the most it may hold. */
	workspace(run: string, name: string, bytes: number): Promise<string>;
	/** Removes every process and workspace of a run. */
	release(run: string): Promise<void>;
	/** Removes what processes of this program left behind, here or in another life. Returns how many things. */
	reap(): Promise<number>;
	close(): Promise<void>;
}
