import { dirname, resolve } from 'node:path';
import type { BackendConfig } from './backend-schema.ts';
import { backendSettingsOf } from './backend-settings-of.ts';
import type { SandboxConfig } from './command-schema.ts';
import {
	type ConfiguredAgent,
	type ConfiguredExternal,
	type ConfiguredTeam,
	configuredTeam,
} from './configured-team.ts';
import { contextFoldersOf } from './context-folders-of.ts';
import { type ExternalContext, externalSettingsOf, isInstalled } from './external-settings-of.ts';
import type { ProviderConfig } from './file-schema.ts';
import { mcpServersOf } from './mcp-servers-of.ts';
import type { Environment } from './prepare.ts';
import type { DataPath, Problem } from './problem.ts';
import { rulesOf } from './rules-of.ts';
import { shellSettingsOf } from './shell-settings-of.ts';
import type { AgentConfig, TeamConfig } from './team-schema.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

export interface TeamContext {
	name: string;
	source: YamlSource;
	/** Where the team stands in the file: empty, or `teams`, name. */
	path: DataPath;
	env: Environment;
	providers: Readonly<Record<string, ProviderConfig>>;
	/** What the main file lets commands take. */
	sandbox: SandboxConfig | undefined;
	/** Set outside the file; goes before the file's. */
	runTimeoutSeconds: number | null;
	cwd: string;
	/** Folders of this machine that an admin has opened. */
	allowed: readonly string[];
}

/** A team from its checked configuration. `problems` are those that only building shows. */
export async function buildTeam(
	config: TeamConfig,
	context: TeamContext,
): Promise<{ team: ConfiguredTeam; problems: Problem[] }> {
	const problems: Problem[] = [];
	const onUse: Problem[] = [];
	const agents = new Map<string, ConfiguredAgent>();
	const externals = new Map<string, ConfiguredExternal>();
	const entries = entriesOf(config, context.path);
	for (const [agent, at] of entries) {
		const systemMessage = agent.system_message ?? '';
		if (agent.type !== undefined) {
			const external = await externalSettingsOf(agent.type, agent, externalContext(agent.id, at, context));
			onUse.push(...external.onUse);
			externals.set(agent.id, { systemMessage, settings: external.settings });
		} else if (agent.backend !== undefined) {
			const own = { ...agent, backend: agent.backend };
			const built = await buildAgent(own, at, config, context);
			problems.push(...built.problems);
			onUse.push(...built.onUse);
			agents.set(agent.id, { systemMessage, ...built.agent });
		}
	}
	const team = configuredTeam({
		name: context.name,
		description: config.description ?? '',
		agents,
		externals,
		order: entries.map(([{ id }]) => id),
		rules: rulesOf(config.orchestrator, config.timeout_settings, context.runTimeoutSeconds),
		problems: onUse,
	});
	return { team, problems };
}

/** An agent that is a loop over a backend. */
async function buildAgent(
	agent: AgentConfig & { backend: BackendConfig },
	at: DataPath,
	team: TeamConfig,
	context: TeamContext,
): Promise<{ agent: Omit<ConfiguredAgent, 'systemMessage'>; problems: Problem[]; onUse: Problem[] }> {
	const { source, sandbox } = context;
	const backend = backendSettingsOf(agent.backend, {
		...context,
		agent: agent.id,
		report: (message) => source.problem('error', [...at, 'backend'], message),
	});
	const script = await loadScript(backend.settings.script, [...at, 'backend', 'script'], context);
	const tools = mcpServersOf(agent.backend.mcp_servers, (server, message) =>
		source.problem('error', [...at, 'backend', 'mcp_servers', server], message),
	);
	const shell = shellSettingsOf(agent.backend, sandbox, (level, key, message) =>
		source.problem(level, [...at, 'backend'], message, key),
	);
	const paths = { team: team.orchestrator?.context_paths ?? [], agent: agent.backend.context_paths ?? [] };
	const projects = await contextFoldersOf(paths, context, (message) =>
		source.problem('error', at, `context_paths: ${message}`),
	);
	const experts = await Promise.all(
		Object.entries(agent.agent_tools ?? {}).map(async ([name, config]) => {
			const about = externalContext(name, [...at, 'agent_tools', name], context);
			const { settings, onUse } = await externalSettingsOf(config.type, config, about);
			return { expert: { name, description: config.description, settings }, onUse };
		}),
	);
	const hasWorkspace =
		shell.settings !== null ||
		agent.backend.cwd !== undefined ||
		(team.orchestrator?.workspaces ?? false) ||
		projects.folders.length > 0;
	return {
		agent: {
			backend: { ...backend.settings, script: script.value },
			tools: {
				servers: tools.servers,
				allowed: agent.backend.allowed_tools ?? null,
				excluded: agent.backend.exclude_tools ?? [],
				shell: shell.settings,
				noticeboard: agent.backend.noticeboard ?? false,
				workspace: hasWorkspace,
				context: projects.folders,
				agents: experts.map(({ expert }) => expert),
			},
		},
		problems: [...script.problems, ...tools.problems, ...shell.problems],
		onUse: [...backend.onUse, ...projects.problems, ...experts.flatMap(({ onUse }) => onUse)],
	};
}

function externalContext(id: string, at: DataPath, { source, cwd, env }: TeamContext): ExternalContext {
	const report = (message: string) => source.problem('error', at, message);
	return { id, file: source.file, cwd, env, isInstalled, report };
}

function entriesOf(config: TeamConfig, path: DataPath): [AgentConfig, DataPath][] {
	const listed = (config.agents ?? []).map((agent, i): [AgentConfig, DataPath] => [agent, [...path, 'agents', i]]);
	return config.agent === undefined ? listed : [...listed, [config.agent, [...path, 'agent']]];
}

/** A script given as text is the path of a YAML file, relative to the file that names it. */
async function loadScript(
	script: unknown,
	at: DataPath,
	context: TeamContext,
): Promise<{ value: unknown; problems: Problem[] }> {
	if (typeof script !== 'string') return { value: script, problems: [] };
	const file = resolve(dirname(context.source.file), script);
	const { source, problems } = await readYaml(file, context.cwd);
	if (source !== null) return { value: source.value, problems };
	const missing = context.source.problem('error', at, `the script file ${script} cannot be used; see the next message`);
	return { value: null, problems: [missing, ...problems] };
}
