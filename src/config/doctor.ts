import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BotError, messageOf } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { revealedText } from '../core/foreign-text.ts';
import type { PriceTable } from '../core/usage.ts';
import { AUTO_TEAM, type ConfigOptions, checkConfig, type LoadedConfig } from './check-config.ts';
import { chooseTeam } from './choose-team.ts';
import type { ConfiguredTeam } from './configured-team.ts';
import { problemFinding } from './problem-finding.ts';
import { providerFindings } from './provider-check.ts';
import type { RedisSettings } from './redis-settings.ts';
import type { Settings } from './settings-of.ts';

/** What came of trying a tool server. */
export interface ToolServerProbe {
	name: string;
	/** What it offers, in a few words, or why it cannot be used, in words that follow its name. */
	found: { offers: string } | { problem: string };
	/** Those of its tools that wait for a person, as runs have seen them. Foreign text. */
	waiting: readonly string[];
}

export interface DoctorOptions extends ConfigOptions {
	/** No network. With a file named, that file alone is checked. */
	offline: boolean;
	fetch: typeof globalThis.fetch;
	/** The price table with the configuration's own prices. */
	prices(config: LoadedConfig): Promise<PriceTable>;
	/**
	 * Why a data folder that exists cannot be opened, in a sentence; null when it can. For the store to say whether
	 * another process holds it.
	 */
	dataDirProblem(dataDir: string): Promise<string | null>;
	/** What is well and what is not with the Redis that keeps the state; asks it. */
	redis(settings: RedisSettings): Promise<Finding[]>;
	/** Starts every tool server for a moment, with the logins that people gave it. */
	toolServers(config: LoadedConfig): Promise<readonly ToolServerProbe[]>;
	/** What is well and what is not on the chat platforms; asks them. */
	chats(config: LoadedConfig): Promise<Finding[]>;
	/** Opens the agents of other systems of a team for a moment. */
	externals(team: ConfiguredTeam): Promise<Finding[]>;
	/** Why tools cannot be isolated, in a sentence with the repair; null when they can. */
	sandboxProblem(): Promise<string | null>;
	/** Such as `24.1.0`. */
	nodeVersion: string;
}

/** Looks at everything a run needs and says of each thing whether it is well, and if not, what repairs it. */
export async function diagnose(options: DoctorOptions): Promise<Finding[]> {
	const alone = options.offline && options.file !== null;
	const { config, errors, warnings } = await checkConfig(options);
	const findings = [nodeFinding(options.nodeVersion), ...[...errors, ...warnings].map(problemFinding)];
	if (config === null) return findings;
	const names = [...config.teams.keys()];
	const teams =
		names.length === 0 ? 'no team of its own' : `${names.length === 1 ? 'team' : 'teams'} ${names.join(', ')}`;
	findings.push({ level: 'ok', what: `The configuration loads: ${teams}.`, repair: null });
	const used = options.flags.team ?? config.settings.defaultTeam;
	for (const [name, team] of config.teams) findings.push(...keyFindings(name, team, name === used && !options.offline));
	if (!alone) findings.push(...(await stateFindings(config.settings, options)));
	if (!options.offline) findings.push(...(await options.toolServers(config)).flatMap(toolServerFindings));
	if (!options.offline) findings.push(...(await options.chats(config)));
	if (!alone) findings.push(sandboxFinding(await options.sandboxProblem()));
	const chosen = await chosenTeam(config, used, options, findings);
	if (chosen === null) return findings;
	if (!options.offline) findings.push(...(await providerFindings(chosen, options.fetch)));
	if (chosen.problems.length === 0) findings.push(...(await options.externals(chosen)));
	return [...findings, ...priceFindings(chosen, await options.prices(config))];
}

function nodeFinding(version: string): Finding {
	const major = Number.parseInt(version, 10);
	if (major >= 24) return { level: 'ok', what: `Node ${version}.`, repair: null };
	const repair = 'Install Node 24, or start through the npm scripts, which bring their own.';
	return { level: 'error', what: `Node ${version} is too old: 24 or newer is needed.`, repair };
}

function keyFindings(name: string, team: ConfiguredTeam, used: boolean): Finding[] {
	if (team.problems.length === 0) {
		const needsKey = [...team.agents.values()].some((agent) => agent.backend.apiKey !== null);
		return needsKey ? [{ level: 'ok', what: `Team ${name}: every key is there.`, repair: null }] : [];
	}
	const level = used ? 'error' : 'warning';
	const byRepair = Map.groupBy(team.problems, (problem) => problem.message.split('; ')[1] ?? '');
	return [...byRepair].map(([repair, [first, ...more]]) => ({
		level,
		what: `Team ${name}: ${first?.message.split('; ')[0]}${more.length === 0 ? '' : `, nor have ${more.length} more`}.`,
		repair: `${repair.charAt(0).toUpperCase()}${repair.slice(1)}.`,
	}));
}

/** On what keeps the runs. */
async function stateFindings({ dataDir, redis }: Settings, options: DoctorOptions): Promise<Finding[]> {
	if (redis === null) return [await dataDirFinding(dataDir, options.dataDirProblem)];
	return options.offline ? [] : options.redis(redis);
}

async function dataDirFinding(dataDir: string, problemOf: DoctorOptions['dataDirProblem']): Promise<Finding> {
	const what = `The data folder ${dataDir}`;
	const repair = 'Change its owner or mode, or set DATA_DIR to another folder.';
	const found = await stat(dataDir).catch(() => null);
	if (found !== null && !found.isDirectory()) {
		return { level: 'error', what: `${what} is a file.`, repair: 'Set DATA_DIR to a folder.' };
	}
	const writable = await isWritableFolder(found === null ? await existingParent(dataDir) : dataDir);
	if (!writable) {
		return { level: 'error', what: `${what} ${found === null ? 'cannot be created' : 'cannot be written'}.`, repair };
	}
	if (found === null) return { level: 'ok', what: `${what} will be created.`, repair: null };
	const problem = await problemOf(dataDir);
	if (problem === null) return { level: 'ok', what: `${what} can be written.`, repair: null };
	return {
		level: 'warning',
		what: problem,
		repair: 'Stop the other process first, or set DATA_DIR to another folder.',
	};
}

function sandboxFinding(problem: string | null): Finding {
	if (problem === null) return { level: 'ok', what: 'Docker can isolate tools.', repair: null };
	return { level: 'warning', what: problem, repair: 'Or leave it so: nothing else needs it.' };
}

function toolServerFindings({ name, found, waiting }: ToolServerProbe): Finding[] {
	const held: Finding = {
		level: 'warning',
		what: `Tools of the MCP server ${name} are new or have changed, and are not used: ${waiting.map(revealedText).join(', ')}.`,
		repair: `Look at them with \`npm run tools -- show ${name}\`, and accept them with \`npm run tools -- pin ${name}\`.`,
	};
	const quarantined = waiting.length === 0 ? [] : [held];
	if ('offers' in found) {
		return [{ level: 'ok', what: `MCP server ${name}: ${found.offers}.`, repair: null }, ...quarantined];
	}
	const what = `The MCP server ${name} cannot be used: ${found.problem}.`;
	const repair = 'Correct its entry under `mcp_servers`, or remove it: agents answer without its tools meanwhile.';
	return [{ level: 'warning', what, repair }, ...quarantined];
}

async function isWritableFolder(path: string): Promise<boolean> {
	try {
		await access(path, constants.W_OK | constants.X_OK);
		return (await stat(path)).isDirectory();
	} catch {
		return false;
	}
}

async function existingParent(path: string): Promise<string> {
	const parent = dirname(path);
	if (parent === path) return path;
	return access(parent).then(
		() => parent,
		() => existingParent(parent),
	);
}

async function chosenTeam(
	config: LoadedConfig,
	name: string,
	options: DoctorOptions,
	findings: Finding[],
): Promise<ConfiguredTeam | null> {
	if (options.offline && name === AUTO_TEAM) {
		findings.push({
			level: 'ok',
			what: 'The team auto is made of the models that can be reached at the start.',
			repair: null,
		});
		return null;
	}
	const configured = config.teams.get(name);
	if (configured !== undefined && configured.problems.length > 0) return options.offline ? configured : null;
	try {
		const team = await chooseTeam({ config, name, env: options.env, fetch: options.fetch });
		const members = team.team.members.map((member) => `${member.id} (${member.model})`).join(', ');
		const why = whyThisTeam(config, options, name);
		const standsIn = name === AUTO_TEAM && team.team.name !== AUTO_TEAM;
		const stead = standsIn ? `, in the place of ${AUTO_TEAM}` : '';
		findings.push({
			level: 'ok',
			what: `The team that answers is ${team.team.name}${stead}${why}: ${members}.`,
			repair: null,
		});
		const repair = 'Set a key, such as OPENAI_API_KEY, or start Ollama; or leave it so for a demonstration.';
		const notes = team.notes.map(
			(what): Finding => ({ level: standsIn ? 'warning' : 'ok', what, repair: standsIn ? repair : null }),
		);
		findings.push(...notes);
		return team;
	} catch (thrown) {
		const what = thrown instanceof BotError ? thrown.userMessage : messageOf(thrown);
		findings.push({
			level: 'error',
			what,
			repair: 'Name a team that is there, with --team, MASSGEN_TEAM or default_team.',
		});
		return null;
	}
}

function whyThisTeam(config: LoadedConfig, options: DoctorOptions, name: string): string {
	const from = config.settings.defaultTeamFrom;
	if (options.flags.team !== undefined && options.flags.team !== null) return ' (named by --team)';
	if (from !== '') return ` (named by ${from})`;
	return name === AUTO_TEAM ? ' (nobody named one)' : ' (the file defines it)';
}

/** Which models cost an unknown amount. Weighs more when a budget in dollars relies on it. */
function priceFindings({ team, agents, externals }: ConfiguredTeam, prices: PriceTable): Finding[] {
	const call = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 };
	const backends = [...agents.values()].map((agent) => agent.backend);
	const priced = [...externals.values()].flatMap(({ settings }) => settings.model ?? []);
	const unknown = [...backends, ...priced].filter(({ provider, model }) => prices.cost(provider, model, call) === null);
	const limited = team.rules.budget.costMicroUsd !== null;
	const what = (of: string) =>
		`The price of ${of} is not known${limited ? ', so its calls cannot count towards the budget in dollars' : '; its cost is shown as unknown'}.`;
	const ofModels = [...new Set(unknown.map((backend) => backend.model))].map((model) => ({
		level: 'warning' as const,
		what: what(model),
		repair: `Add it to the configuration: prices: {"${model}": {input_per_million: ..., output_per_million: ...}}.`,
	}));
	const ofAgents = [...externals].flatMap(([id, { settings }]): Finding[] => {
		if (settings.model !== null) return [];
		const repair = `Say whose price counts: priced_as: {provider: ..., model: ...} of the agent ${id}.`;
		return [{ level: 'warning', what: what(`what the agent ${id} uses`), repair }];
	});
	return [...ofModels, ...ofAgents];
}
