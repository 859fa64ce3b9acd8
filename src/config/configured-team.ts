import { basename } from 'node:path';
import type { BackendSettings } from '../core/backend-settings.ts';
import type { ContextFolder } from '../core/context-folder.ts';
import type { ExternalSettings } from '../core/external-settings.ts';
import type { McpServerSettings } from '../core/mcp-settings.ts';
import type { ShellSettings } from '../core/shell-settings.ts';
import type { Rules, Team } from '../core/team.ts';
import type { Problem } from './problem.ts';

export interface ConfiguredAgent {
	systemMessage: string;
	backend: BackendSettings;
	tools: AgentTools;
}

/** An agent of another system. */
export interface ConfiguredExternal {
	systemMessage: string;
	settings: ExternalSettings;
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
	/** Agents of other systems that it may put to work. */
	agents: readonly ConfiguredAgentTool[];
}

/** An agent of another system as a tool. */
export interface ConfiguredAgentTool {
	name: string;
	description: string;
	settings: ExternalSettings;
}

export const noTools: AgentTools = {
	servers: [],
	allowed: null,
	excluded: [],
	shell: null,
	noticeboard: false,
	workspace: false,
	context: [],
	agents: [],
};

/** A team and how its agents are reached. */
export interface ConfiguredTeam {
	team: Team;
	/** Those that are a loop over a backend, by id, in the order of the team's members. */
	agents: ReadonlyMap<string, ConfiguredAgent>;
	/** Those of other systems, likewise. Every member is in one of the two. */
	externals: ReadonlyMap<string, ConfiguredExternal>;
	/** For people: why the team is as it is. */
	notes: readonly string[];
	/** What stands in the way of using it, such as a missing key. Checked by `chooseTeam`. */
	problems: readonly Problem[];
}

/** What people see of an agent's model: `openai gpt-5.4`. */
function modelLabel(backend: BackendSettings): string {
	return backend.provider === backend.model ? backend.model : `${backend.provider} ${backend.model}`;
}

/** What people see of an agent of another system: `langgraph research.ts`. */
function externalLabel(settings: ExternalSettings): string {
	if ('module' in settings) return `${settings.type} ${basename(settings.module)}`;
	if ('program' in settings) return `${settings.type} ${settings.label}`;
	return `${settings.type} ${URL.canParse(settings.url) ? new URL(settings.url).host : settings.url}`;
}

/** Whose price counts for what an agent of another system uses; a name of its own, which has no price, where nobody said. */
export const pricedAs = (settings: ExternalSettings): { provider: string; model: string } =>
	settings.model ?? { provider: settings.type, model: externalLabel(settings) };

/** Puts a team together from agents that are complete. */
export function configuredTeam(options: {
	name: string;
	description: string;
	agents: ReadonlyMap<string, ConfiguredAgent>;
	externals?: ReadonlyMap<string, ConfiguredExternal>;
	/** Ids of all members in their order; left out: as in `agents`. */
	order?: readonly string[];
	rules: Rules;
	notes?: readonly string[];
	problems?: readonly Problem[];
}): ConfiguredTeam {
	const { agents, externals = new Map<string, ConfiguredExternal>(), order = [...agents.keys()] } = options;
	const labels = new Map([
		...[...agents].map(([id, { backend }]) => [id, modelLabel(backend)] as const),
		...[...externals].map(([id, { settings }]) => [id, externalLabel(settings)] as const),
	]);
	const members = order.map((id) => ({ id, model: labels.get(id) ?? id }));
	return {
		team: { name: options.name, description: options.description, members, rules: options.rules },
		agents,
		externals,
		notes: options.notes ?? [],
		problems: options.problems ?? [],
	};
}
