/** What the agent of a turn can do beside talking. Each ability adds one section to its system prompt. */
export interface Abilities {
	/** Actions that cannot be undone are described and not performed. */
	planning: boolean;
	workspace: Workspace | null;
	commands: CommandEnvironment | null;
	taskPlanning: boolean;
	notes: Notes | null;
	skills: readonly Skill[];
	fileSearch: boolean;
	/** What the agent can generate. */
	media: readonly ('image' | 'audio' | 'video' | 'file')[];
}

export interface Workspace {
	/** Absolute path of the agent's own folder. */
	path: string;
	/** Read-only folder with one anonymous folder per agent; null: nothing is shared. */
	references: string | null;
	/** Read-only folder with the files of the conversation; null: there are none. */
	attachments: string | null;
	/** Read-only copy of the workspace at the end of the session's previous run. */
	earlier: string | null;
	contextPaths: readonly { path: string; permission: 'read' | 'write' }[];
}

export interface CommandEnvironment {
	/** What it runs on, in a few words: `Debian, Node 24, Python 3.13`. */
	system: string;
	/** Commands that install packages; empty: none. */
	packageManagers: readonly string[];
	sudo: boolean;
	network: boolean;
}

export interface Notes {
	/** Always shown. */
	short: readonly { name: string; text: string }[];
	/** Names only; the agent reads one when it needs it. */
	long: readonly string[];
}

export interface Skill {
	name: string;
	description: string;
}

export const noAbilities: Abilities = {
	planning: false,
	workspace: null,
	commands: null,
	taskPlanning: false,
	notes: null,
	skills: [],
	fileSearch: false,
	media: [],
};
