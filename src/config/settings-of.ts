import { resolve } from 'node:path';
import type { FixedGrant } from '../core/access.ts';
import type { ClientSettings } from '../core/client.ts';
import type { McpServerSettings } from '../core/mcp-settings.ts';
import type { RiskPolicy } from '../core/risk-policy.ts';
import type { WorkspaceLimits } from '../core/sandbox.ts';
import type { Rules } from '../core/team.ts';
import {
	type AuditSettings,
	accessEnvironmentProblems,
	auditSettings,
	clientsOf,
	ownersOf,
} from './access-settings.ts';
import { levelNames, type SandboxConfig } from './command-schema.ts';
import { type DiscordSettings, discordProblems, discordSettings } from './discord-settings.ts';
import type { MainFile, ProviderConfig } from './file-schema.ts';
import type { MemorySettings } from './memory-settings.ts';
import { portOf } from './port-of.ts';
import type { Environment } from './prepare.ts';
import { environmentProblem, type Problem } from './problem.ts';
import { addressVariable, providerPresets } from './provider-presets.ts';
import { type RedisSettings, redisProblems, redisSettings } from './redis-settings.ts';
import { rulesOf } from './rules-of.ts';
import { settings as known, resolveSetting } from './setting.ts';
import { levelOf, type SandboxLevel } from './shell-settings-of.ts';
import { type SlackSettings, slackProblems, slackSettings } from './slack-settings.ts';
import { type TelemetrySettings, telemetrySettings } from './telemetry-settings.ts';

export interface ModelPrice {
	/** US dollars for a million tokens. */
	inputPerMillion: number;
	outputPerMillion: number;
	/** Null: as other input. */
	cachedInputPerMillion: number | null;
}

export interface SessionSettings {
	/** Characters of a conversation that its next run is told. */
	historyCharacters: number;
	/** Age (ms) at which a conversation is deleted; null: never. */
	retentionMs: number | null;
}

const DAY_MS = 86_400_000;

export interface Settings {
	/** Absolute. */
	dataDir: string;
	/** Keeps the state in the place of the data folder; null: the data folder does. */
	redis: RedisSettings | null;
	/** A name of `teams`, or `auto`. */
	defaultTeam: string;
	/** Who chose the default team: `--team`, `MASSGEN_TEAM`, `default_team`, or empty for nobody. */
	defaultTeamFrom: string;
	/** A BCP 47 tag. */
	locale: string;
	/** Where the page is served; 0: any free port. */
	port: number;
	host: string;
	/** What people must know to use the page. A secret. Null: nothing, which is allowed on loopback only. */
	webToken: string | null;
	/** Where a worker tells how it is; null: nowhere. */
	probePort: number | null;
	/** What a scraper of /metrics must know. A secret. Null: only programs of this machine may read them. */
	metricsToken: string | null;
	/** Null: no traces and metrics are sent. */
	telemetry: TelemetrySettings | null;
	/** Null: the bot is not on Discord. */
	discord: DiscordSettings | null;
	/** Null: the bot is not on Slack. */
	slack: SlackSettings | null;
	/** Grants that OWNERS makes. */
	owners: readonly FixedGrant[];
	/** The client that the environment makes. */
	clients: readonly ClientSettings[];
	audit: AuditSettings;
	/** Null: nothing is remembered beyond a conversation. */
	memory: MemorySettings | null;
	/** By model. They go before the price table. */
	prices: ReadonlyMap<string, ModelPrice>;
	/** As the main file has them. Holds secrets. */
	providers: Readonly<Record<string, ProviderConfig>>;
	/** The rules of the team `auto`: those of the main file. */
	autoRules: Rules;
	/** Whether the agents of the team `auto` have folders for files. */
	autoWorkspaces: boolean;
	/** How much the folder of one agent holds. */
	workspaceLimits: WorkspaceLimits;
	/** How many runs go on at a time; at least 1. */
	runsAtOnce: number;
	/** What is told and kept of threads. */
	sessions: SessionSettings;
	/** The most that any level of the main file gives to a command. */
	commandCeiling: SandboxLevel;
	/** MCP servers of every agent. Hold secrets. */
	mcpServers: readonly McpServerSettings[];
	/** What runs by itself, what waits for people, and what is refused. */
	policy: RiskPolicy;
}

export interface ConfigFlags {
	team?: string | null | undefined;
	dataDir?: string | null | undefined;
	/** Seconds, as typed. */
	timeout?: string | null | undefined;
}

export interface SettingsOptions {
	flags: ConfigFlags;
	env: Environment;
	cwd: string;
}

/** The process's settings by precedence. `ownTeam`: the team that the main file itself defines. */
export function settingsOf(
	data: MainFile,
	ownTeam: string | null,
	runTimeoutSeconds: number | null,
	{ mcpServers, policy, memory }: Pick<Settings, 'mcpServers' | 'policy' | 'memory'>,
	{ flags, env, cwd }: SettingsOptions,
): Settings {
	const team = resolveSetting(known.team, { flag: flags.team, env, file: data.default_team ?? ownTeam });
	const dataDir = resolveSetting(known.dataDir, { flag: flags.dataDir, env, file: data.data_dir });
	const locale = resolveSetting(known.locale, { env, file: data.locale });
	const prices = Object.entries(data.prices ?? {}).map(([model, price]): [string, ModelPrice] => [
		model,
		{
			inputPerMillion: price.input_per_million,
			outputPerMillion: price.output_per_million,
			cachedInputPerMillion: price.cached_input_per_million ?? null,
		},
	]);
	const folder = resolve(cwd, dataDir.value);
	return {
		dataDir: folder,
		redis: redisSettings(env),
		defaultTeam: team.value,
		defaultTeamFrom: team.name,
		locale: locale.value,
		...pageSettings(env),
		telemetry: telemetrySettings(env),
		discord: discordSettings(env),
		slack: slackSettings(env),
		owners: ownersOf(env),
		clients: clientsOf(env),
		audit: auditSettings(env, folder, cwd),
		prices: new Map(prices),
		providers: data.providers ?? {},
		autoRules: rulesOf(data.orchestrator, data.timeout_settings, runTimeoutSeconds),
		autoWorkspaces: data.orchestrator?.workspaces ?? false,
		workspaceLimits: {
			bytes: (data.workspace_limits?.max_megabytes ?? 128) * 2 ** 20,
			files: data.workspace_limits?.max_files ?? 20_000,
		},
		runsAtOnce: wholeOf(resolveSetting(known.runsAtOnce, { env }).value) ?? Number(known.runsAtOnce.default),
		sessions: sessionSettings(data.sessions),
		commandCeiling: ceilingOf(data.sandbox),
		mcpServers,
		policy,
		memory,
	};
}

function sessionSettings(given: MainFile['sessions'] = {}): SessionSettings {
	const { history_characters: historyCharacters = 40_000, retention_days: days } = given;
	return { historyCharacters, retentionMs: days === undefined ? null : days * DAY_MS };
}

function ceilingOf(sandbox: SandboxConfig | undefined): SandboxLevel {
	const levels = levelNames.map((name) => levelOf(name, sandbox));
	const most = (of: keyof SandboxLevel) => Math.max(...levels.map((level) => level[of]));
	return { memoryBytes: most('memoryBytes'), cpus: most('cpus'), pids: most('pids'), wallMs: most('wallMs') };
}

function pageSettings(env: Environment): Pick<Settings, 'port' | 'host' | 'webToken' | 'probePort' | 'metricsToken'> {
	const token = resolveSetting(known.webToken, { env });
	const metrics = resolveSetting(known.metricsToken, { env });
	return {
		port: portOf(resolveSetting(known.port, { env }).value) ?? Number(known.port.default),
		host: resolveSetting(known.host, { env }).value.replace(/^\[(.*)\]$/, '$1'),
		webToken: token.from === 'default' ? null : token.value,
		probePort: portOf(resolveSetting(known.probePort, { env }).value),
		metricsToken: metrics.from === 'default' ? null : metrics.value,
	};
}

/** What is wrong with flags and variables, before a run finds out. */
export function outsideProblems({ flags, env }: SettingsOptions): Problem[] {
	const problems = Object.keys(providerPresets).flatMap((provider) => {
		const variable = addressVariable(provider);
		const value = env[variable];
		if (value === undefined || value === '' || provider === 'ollama') return [];
		if (/^https?:\/\//.test(value) && URL.canParse(value)) return [];
		return [environmentProblem(variable, 'expected an address that begins with http:// or https://')];
	});
	const timeout = resolveSetting(known.runTimeout, { flag: flags.timeout, env });
	if (timeout.from !== 'default' && seconds(timeout.value) === null) {
		const message = `expected seconds, such as 600, or 0 for none; found "${timeout.value}"`;
		problems.push(environmentProblem(timeout.name, message));
	}
	const runs = resolveSetting(known.runsAtOnce, { env });
	if (wholeOf(runs.value) === null) {
		problems.push(
			environmentProblem(runs.name, `expected how many runs go on at a time, such as 200, found "${runs.value}"`),
		);
	}
	const locale = resolveSetting(known.locale, { env });
	if (locale.from !== 'default' && !isLocale(locale.value)) {
		problems.push(environmentProblem(locale.name, `expected a language such as en or de-CH, found "${locale.value}"`));
	}
	for (const port of [resolveSetting(known.port, { env }), resolveSetting(known.probePort, { env })]) {
		if (port.from === 'default' || portOf(port.value) !== null) continue;
		problems.push(environmentProblem(port.name, `expected a port from 0 to 65535, found "${port.value}"`));
	}
	const host = resolveSetting(known.host, { env });
	if (!/^(?:[\w.-]+|\[?[\da-f:.]+(?:%\w+)?\]?)$/i.test(host.value)) {
		const message = `expected an address of this machine, such as 127.0.0.1 or 0.0.0.0, found "${host.value}"`;
		problems.push(environmentProblem(host.name, message));
	}
	const chats = [...discordProblems(env), ...slackProblems(env)];
	return [...problems, ...redisProblems(env), ...chats, ...accessEnvironmentProblems(env)];
}

/** The deadline for every run that flag or environment set, in seconds; null when they do not. */
export function runTimeoutOf({ flags, env }: SettingsOptions): number | null {
	const given = resolveSetting(known.runTimeout, { flag: flags.timeout, env });
	return given.from === 'default' ? null : seconds(given.value);
}

/** A whole number from 1 to 100,000; null when the text is none. */
function wholeOf(text: string): number | null {
	const value = /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0;
	return value >= 1 && value <= 100_000 ? value : null;
}

function seconds(text: string): number | null {
	const value = text.trim() === '' ? Number.NaN : Number(text);
	return Number.isFinite(value) && value >= 0 ? value : null;
}

export function isLocale(tag: string): boolean {
	try {
		return Intl.getCanonicalLocales(tag).length === 1;
	} catch {
		return false;
	}
}
