/** Kinds of agents that are a module of the user's. */
export const MODULE_TYPES = ['langgraph', 'openai_agents', 'ai_sdk', 'mastra', 'claude_agent'] as const;

interface Common {
	/** What it says of its own tools; null: what can be found out, and `ungated` where nothing can. */
	ownTools: 'none' | 'gated' | 'ungated' | null;
	/** Whose prices count for what it uses; null: unknown. */
	model: { provider: string; model: string } | null;
}

/** An agent that is a JavaScript module of the user's. */
export interface ModuleSettings extends Common {
	type: (typeof MODULE_TYPES)[number];
	/** Absolute path of the file that has the agent. */
	module: string;
	/** The export that is the agent, or a function that makes it. */
	export: string;
}

/** A program and where it runs. Holds secrets. */
export interface ProgramSettings {
	/** Program and arguments; not a shell line. */
	command: readonly string[];
	/** All it gets of the environment, beside what every program needs (`PATH`, `HOME`, ...). */
	env: Readonly<Record<string, string>>;
	/** Where it starts on this machine; absolute. */
	cwd: string;
	/** Null: it runs on this machine. Otherwise in a container; `image` by digest or id, null: the toolchain. */
	sandbox: { image: string | null; egress: readonly string[] } | null;
}

/** An agent that is a program: `command` for one reply, `acp` for the whole turn. */
export interface ProgramAgentSettings extends Common {
	type: 'command' | 'acp';
	/** What people see of it. */
	label: string;
	program: ProgramSettings;
}

/** An agent that is a Python module of the user's, run on this machine by a bridge of ours. */
export interface PythonSettings extends Common {
	type: 'python' | 'ag2' | 'crewai';
	/** Absolute path of the file that has the agent. */
	module: string;
	/** The name in the module that is the agent. */
	export: string;
	/** The interpreter, and its environment. */
	program: ProgramSettings;
}

/** An agent behind an address. Holds secrets. */
export interface RemoteSettings extends Common {
	type: 'http' | 'a2a';
	/** Absolute; may hold a secret in its query. */
	url: string;
	headers: Readonly<Record<string, string>>;
	/** Which addresses other than public ones it may have: those of this machine, those of private networks. */
	allowLoopback: boolean;
	allowPrivate: boolean;
}

/** How an agent of another system is reached. The configuration makes it; only adapters and the composition root read it. */
export type ExternalSettings = ModuleSettings | ProgramAgentSettings | PythonSettings | RemoteSettings;
