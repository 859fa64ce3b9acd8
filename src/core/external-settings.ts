/** Kinds of agents that are a module of the user's. */
export const MODULE_TYPES = ['langgraph', 'openai_agents', 'ai_sdk', 'mastra'] as const;

/** How an agent of another system is reached. The configuration makes it; only adapters and the composition root read it. */
export interface ExternalSettings {
	type: (typeof MODULE_TYPES)[number];
	/** Absolute path of the file that has the agent. */
	module: string;
	/** The export that is the agent, or a function that makes it. */
	export: string;
	/** What it says of its own tools; null: what can be found out, and `ungated` where nothing can. */
	ownTools: 'none' | 'gated' | 'ungated' | null;
	/** Whose prices count for what it uses; null: unknown. */
	model: { provider: string; model: string } | null;
}
