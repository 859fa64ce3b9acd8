import type { BackendSettings } from '../core/backend-settings.ts';
import type { ContextFolder } from '../core/context-folder.ts';
import type { McpServerSettings } from '../core/mcp-settings.ts';
import type { ShellSettings } from '../core/shell-settings.ts';
import type { Rules, Team } from '../core/team.ts';
import type { Problem } from './problem.ts';

export interface ConfiguredAgent {
	systemMessage: string;
	backend: BackendSettings;
	tools: AgentTools;
}

/** What an agent may use beside its model. */
export interface AgentTools {
	/** Its own, beside those that every agent has. */
	servers: readonly McpServerSettings[];
	/** Names of tools of MCP servers; null: all. */
	allowed: readonly string[] | null;
	excluded: readonly string[];
	/** Its commands; null: it has none. */
	shell: ShellSettings | null;
	/** It may post on the noticeboard of the data folder. */
	noticeboard: boolean;
	/** It has a folder for files; so has whoever has commands. */
	workspace: boolean;
	/** Project folders that it sees. */
	context: readonly ContextFolder[];
}

export const noTools: AgentTools = {
	servers: [],
	allowed: null,
	excluded: [],
	shell: null,
	noticeboard: false,
	workspace: false,
	context: [],
};

/** A team and how its agents are reached. */
export interface ConfiguredTeam {
	team: Team;
	/** By agent id, in the order of the team's members. */
	agents: ReadonlyMap<string, ConfiguredAgent>;
	/** For people: why the team is as it is. */
	notes: readonly string[];
	/** What stands in the way of using it, such as a missing key. Checked by `chooseTeam`. */
	problems: readonly Problem[];
}

/** What people see of an agent's model: `openai gpt-5.4`. */
function modelLabel(backend: BackendSettings): string {
	return backend.provider === backend.model ? backend.model : `${backend.provider} ${backend.model}`;
}

/** Puts a team together from agents that are complete. */
export function configuredTeam(options: {
	name: string;
	description: string;
	agents: ReadonlyMap<string, ConfiguredAgent>;
	rules: Rules;
	notes?: readonly string[];
	problems?: readonly Problem[];
}): ConfiguredTeam {
	const members = [...options.agents].map(([id, agent]) => ({ id, model: modelLabel(agent.backend) }));
	return {
		team: { name: options.name, description: options.description, members, rules: options.rules },
		agents: options.agents,
		notes: options.notes ?? [],
		problems: options.problems ?? [],
	};
}
