import { dirname, resolve } from 'node:path';
import { backendSettingsOf } from './backend-settings-of.ts';
import type { SandboxConfig } from './command-schema.ts';
import { type ConfiguredAgent, type ConfiguredTeam, configuredTeam } from './configured-team.ts';
import { contextFoldersOf } from './context-folders-of.ts';
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
	for (const [agent, at] of entriesOf(config, context.path)) {
		const backend = backendSettingsOf(agent.backend, {
			...context,
			agent: agent.id,
			report: (message) => context.source.problem('error', [...at, 'backend'], message),
		});
		onUse.push(...backend.onUse);
		const script = await loadScript(backend.settings.script, [...at, 'backend', 'script'], context);
		problems.push(...script.problems);
		const tools = mcpServersOf(agent.backend.mcp_servers, (server, message) =>
			context.source.problem('error', [...at, 'backend', 'mcp_servers', server], message),
		);
		problems.push(...tools.problems);
		const shell = shellSettingsOf(agent.backend, context.sandbox, (level, key, message) =>
			context.source.problem(level, [...at, 'backend'], message, key),
		);
		problems.push(...shell.problems);
		const paths = { team: config.orchestrator?.context_paths ?? [], agent: agent.backend.context_paths ?? [] };
		const projects = await contextFoldersOf(paths, context, (message) =>
			context.source.problem('error', at, `context_paths: ${message}`),
		);
		onUse.push(...projects.problems);
		agents.set(agent.id, {
			systemMessage: agent.system_message ?? '',
			backend: { ...backend.settings, script: script.value },
			tools: {
				servers: tools.servers,
				allowed: agent.backend.allowed_tools ?? null,
				excluded: agent.backend.exclude_tools ?? [],
				shell: shell.settings,
				noticeboard: agent.backend.noticeboard ?? false,
				workspace:
					shell.settings !== null ||
					agent.backend.cwd !== undefined ||
					(config.orchestrator?.workspaces ?? false) ||
					projects.folders.length > 0,
				context: projects.folders,
			},
		});
	}
	const team = configuredTeam({
		name: context.name,
		description: config.description ?? '',
		agents,
		rules: rulesOf(config.orchestrator, config.timeout_settings, context.runTimeoutSeconds),
		problems: onUse,
	});
	return { team, problems };
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
