import { BotError } from '../core/errors.ts';
import { composeAutoTeam } from './auto-team.ts';
import { AUTO_TEAM, type LoadedConfig, unknownTeam } from './check-config.ts';
import { ConfigError } from './config-error.ts';
import { type ConfiguredTeam, configuredTeam, noTools } from './configured-team.ts';
import type { Environment } from './prepare.ts';

/** Answers when no model can be reached. */
const DEMO_TEAM = 'demo';

const CONNECT =
	'To connect a real model, set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY, or OPENAI_BASE_URL for a server of your own, or start Ollama.';

/**
 * The team by name (null: the default one), ready for use. `auto` becomes the demo team when no model can be reached.
 * Throws `team_unknown`, or a `ConfigError` with code `config_missing` when a key is missing.
 */
export async function chooseTeam(options: {
	config: LoadedConfig;
	name: string | null;
	env: Environment;
	fetch: typeof globalThis.fetch;
}): Promise<ConfiguredTeam> {
	const { config, env, fetch } = options;
	const { settings, teams } = config;
	const name = options.name ?? settings.defaultTeam;
	if (name === AUTO_TEAM) return autoTeam(config, env, fetch);
	const team = teams.get(name);
	if (team === undefined) {
		const by = options.name === null && settings.defaultTeamFrom !== '' ? ` (from ${settings.defaultTeamFrom})` : '';
		const text = unknownTeam(name, [...teams.keys()]);
		throw new BotError('team_unknown', `${text.charAt(0).toUpperCase()}${text.slice(1)}${by}.`);
	}
	if (team.problems.length > 0) {
		throw new ConfigError(`The team ${name} cannot be used yet:`, team.problems, 'config_missing');
	}
	return team;
}

async function autoTeam(
	config: LoadedConfig,
	env: Environment,
	fetch: typeof globalThis.fetch,
): Promise<ConfiguredTeam> {
	const { settings, teams } = config;
	const composed = await composeAutoTeam({ env, fetch, providers: settings.providers });
	if (composed !== null) {
		const tools = { ...noTools, workspace: settings.autoWorkspaces };
		const agents = new Map([...composed.agents].map(([id, agent]) => [id, { ...agent, tools }]));
		const description = 'Made of the models that can be reached.';
		return configuredTeam({ name: AUTO_TEAM, description, ...composed, agents, rules: settings.autoRules });
	}
	const demo = teams.get(DEMO_TEAM);
	if (demo !== undefined)
		return { ...demo, notes: [...demo.notes, `No model is connected, so scripted agents answer. ${CONNECT}`] };
	throw new BotError(
		'config_missing',
		`No model is connected, and there is no team ${DEMO_TEAM} to stand in. ${CONNECT}`,
	);
}
