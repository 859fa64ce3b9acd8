import type { SandboxLimits } from './sandbox.ts';

/** What the commands of one agent may take and reach, as the configuration has it. */
export interface ShellSettings {
	/** An image with bash, by digest or id; null: the toolchain image that was built here. */
	image: string | null;
	/** Of each command and each background shell. */
	limits: Pick<SandboxLimits, 'memoryBytes' | 'cpus' | 'pids' | 'tmpBytes'>;
	/** Milliseconds that one command may take at most. */
	longestMs: number;
	/** Hosts with ports that commands may reach; empty: no network. */
	egress: readonly string[];
	/** Regular expressions that each command of a line must match from its start, one of them; null: any command. */
	allowed: readonly string[] | null;
	/** Regular expressions that no command of a line may match from its start. */
	blocked: readonly string[];
}
