import { access, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { type AccessSettings, accessProblems, accessRulesOf } from './access-rules-of.ts';
import { accessFileSchema } from './access-schema.ts';
import { buildTeam, type TeamContext } from './build-team.ts';
import { checkFile } from './checked-file.ts';
import { closest } from './closest.ts';
import type { ConfiguredTeam } from './configured-team.ts';
import { allowedFolders } from './context-folders-of.ts';
import { type MainFile, mainFileSchema, teamFileSchema } from './file-schema.ts';
import { mcpServersOf } from './mcp-servers-of.ts';
import { memorySettings } from './memory-settings.ts';
import type { Problem } from './problem.ts';
import { providerPresets } from './provider-presets.ts';
import { readPolicy } from './risk-policy.ts';
import { settings as known, resolveSetting } from './setting.ts';
import {
	isLocale,
	outsideProblems,
	runTimeoutOf,
	type Settings,
	type SettingsOptions,
	settingsOf,
} from './settings-of.ts';
import type { TeamConfig } from './team-schema.ts';
import type { YamlSource } from './yaml-source.ts';

/** The team that is made of the models that can be reached. */
export const AUTO_TEAM = 'auto';

/** Used when the working directory has no configuration of its own. */
const SHIPPED = resolve(import.meta.dirname, '../../config/massgen.yaml');
/** Who may do what, beside the main file. */
const ACCESS = 'access.yaml';

export interface LoadedConfig {
	settings: Settings;
	access: AccessSettings;
	/** By name. The team `auto` is not among them. */
	teams: ReadonlyMap<string, ConfiguredTeam>;
	warnings: readonly Problem[];
	/** Every configuration file that was read, absolute, the main file first. */
	files: readonly string[];
}

export interface ConfigOptions extends SettingsOptions {
	/** What `--config` named, or null. */
	file: string | null;
}

export interface CheckedConfig {
	/** Null when there are errors. */
	config: LoadedConfig | null;
	errors: Problem[];
	warnings: Problem[];
}

/** Reads and checks the whole configuration and reports everything that is wrong with it, not only the first thing. */
export async function checkConfig(options: ConfigOptions): Promise<CheckedConfig> {
	const problems = outsideProblems(options);
	const file = await mainFileOf(options);
	const main = await checkFile(mainFileSchema, file, 'main', options, problems);
	if (main === null) return split(problems);
	const teams = new Map<string, ConfiguredTeam>();
	const takenBy = new Map([[AUTO_TEAM, 'the program']]);
	const runTimeoutSeconds = runTimeoutOf(options);
	const add = async (config: TeamConfig | null, place: Pick<TeamContext, 'name' | 'source' | 'path'>) => {
		const other = takenBy.get(place.name);
		if (other !== undefined) {
			problems.push(
				place.source.problem('error', place.path, `the team name ${place.name} is already taken by ${other}`),
			);
		}
		takenBy.set(place.name, place.source.name);
		if (config === null || main.data === null) return;
		const context = {
			...place,
			env: options.env,
			cwd: options.cwd,
			allowed: allowedFolders(main.data.allowed_folders, options.env),
			providers: main.data.providers ?? {},
			sandbox: main.data.sandbox,
			runTimeoutSeconds,
		};
		const built = await buildTeam(config, context);
		problems.push(...built.problems);
		teams.set(place.name, built.team);
	};
	const { source } = main;
	const ownTeam = main.definesTeam ? nameOf(file) : null;
	if (ownTeam !== null) await add(main.data, { name: ownTeam, source, path: [] });
	for (const [name, config] of Object.entries(main.data?.teams ?? {})) {
		await add(config, { name, source, path: ['teams', name] });
	}
	const others = ownTeam === null ? await teamFiles(file) : [];
	for (const other of others) {
		const team = await checkFile(teamFileSchema, other, 'team', options, problems);
		if (team !== null) await add(team.data, { name: nameOf(other), source: team.source, path: [] });
	}
	if (main.data === null) return split(problems);
	const names = [...takenBy.keys()].filter((name) => name !== AUTO_TEAM);
	problems.push(...mainProblems(main.data, source, ownTeam, names), ...providerProblems(main.data, source, teams));
	const shared = mcpServersOf(main.data.mcp_servers, (server, message) =>
		source.problem('error', ['mcp_servers', server], message),
	);
	problems.push(...shared.problems);
	const memory = memorySettings(main.data.memory, {
		env: options.env,
		providers: main.data.providers ?? {},
		report: (message, key) => source.problem('error', ['memory'], message, key),
	});
	problems.push(...memory.problems);
	const access = await accessOf(file, options, problems);
	const known = { teams: names, roles: access === null ? null : Object.keys(access.data.roles) };
	const rated = await readPolicy(main.data.policy, file, { ...options, ...known }, problems);
	const checked = split(problems);
	if (checked.errors.length > 0 || access === null || rated === null) return checked;
	const services = { mcpServers: shared.servers, policy: rated.policy, memory: memory.memory };
	const settings = settingsOf(main.data, ownTeam, runTimeoutSeconds, services, options);
	const rules = accessRulesOf(access.data, settings);
	const files = [file, ...others, access.file, rated.file];
	return { ...checked, config: { settings, access: rules, teams, warnings: checked.warnings, files } };
}

/** The access file beside the main one, or else the program's own. Null: it has errors. */
async function accessOf(mainFile: string, options: ConfigOptions, problems: Problem[]) {
	const own = join(dirname(mainFile), ACCESS);
	const file = await access(own).then(
		() => own,
		() => join(dirname(SHIPPED), ACCESS),
	);
	const checked = await checkFile(accessFileSchema, file, 'access', options, problems);
	const data = checked?.data ?? null;
	if (checked === null || data === null) return null;
	problems.push(...accessProblems(data, checked.source));
	return { file, data };
}

function split(problems: readonly Problem[]): CheckedConfig {
	const of = (level: Problem['level']) => problems.filter((problem) => problem.level === level);
	return { config: null, errors: of('error'), warnings: of('warning') };
}

async function mainFileOf({ file, env, cwd }: ConfigOptions): Promise<string> {
	const { value, from } = resolveSetting(known.config, { flag: file, env });
	const path = resolve(cwd, value);
	if (from !== 'default') return path;
	return access(path).then(
		() => path,
		() => SHIPPED,
	);
}

const nameOf = (file: string) => basename(file, extname(file)).slice(0, 100);

/** The team files beside the main file, in the order of their names. */
async function teamFiles(mainFile: string): Promise<string[]> {
	const folder = join(dirname(mainFile), 'teams');
	const names = await readdir(folder).catch((): string[] => []);
	return names
		.filter((name) => /\.ya?ml$/.test(name))
		.sort()
		.map((name) => join(folder, name));
}

function mainProblems(data: MainFile, source: YamlSource, ownTeam: string | null, names: readonly string[]): Problem[] {
	const problems: Problem[] = [];
	if (ownTeam === null && data.teams === undefined && data.default_team === undefined) {
		const message = 'no team: add `agents:` with a list, `agent:` with one, `teams:`, or `default_team:`';
		problems.push(source.problem('error', [], message));
	}
	const wanted = data.default_team;
	if (wanted !== undefined && wanted !== AUTO_TEAM && !names.includes(wanted)) {
		problems.push(source.problem('error', ['default_team'], unknownTeam(wanted, names)));
	}
	if (data.locale !== undefined && !isLocale(data.locale)) {
		problems.push(
			source.problem('error', ['locale'], `expected a language such as en or de-CH, found "${data.locale}"`),
		);
	}
	return problems;
}

/** What to tell somebody who names a team that is not there. */
export function unknownTeam(wanted: string, names: readonly string[]): string {
	const all = [AUTO_TEAM, ...names];
	const guess = closest(wanted, all);
	return `there is no team ${wanted}; ${guess === null ? '' : `did you mean ${guess}? `}known teams: ${all.join(', ')}`;
}

/** Entries of `providers` that nothing reads. */
function providerProblems(data: MainFile, source: YamlSource, teams: ReadonlyMap<string, ConfiguredTeam>): Problem[] {
	const agents = [...teams.values()].flatMap((team) => [...team.agents.values()]);
	const used = new Set(agents.map((agent) => agent.backend.provider));
	return Object.keys(data.providers ?? {}).flatMap((name) => {
		if (Object.hasOwn(providerPresets, name) || used.has(name)) return [];
		const guess = closest(name, Object.keys(providerPresets));
		const advice = guess === null ? `name it in an agent: \`provider: ${name}\`` : `did you mean ${guess}?`;
		return [source.problem('warning', ['providers'], `no agent uses this provider; ${advice}`, name)];
	});
}
