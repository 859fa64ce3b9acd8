import { allMcpServers } from './all-mcp-servers.ts';
import type { LoadedConfig } from './check-config.ts';
import type { Environment } from './prepare.ts';

const SECRET_NAME = /(?:KEY|TOKEN|SECRET|PASSWORD)$/i;

/** Every secret that the program was given: nothing that it stores or shows may hold one of them. */
export function secretsOf(config: LoadedConfig, env: Environment): string[] {
	const { settings, access, teams } = config;
	const named = (values: Readonly<Record<string, string | undefined>>) =>
		Object.entries(values).flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : []));
	const agents = [...teams.values()].flatMap((team) => [...team.agents.values()]);
	const servers = allMcpServers(config);
	const found = [
		...named(env),
		settings.webToken,
		settings.metricsToken,
		settings.audit.key,
		...access.clients.map(({ token }) => token),
		settings.discord?.token,
		...named(settings.slack === null ? {} : onlyTexts(settings.slack.credentials)),
		...Object.values(settings.providers).map(({ api_key }) => api_key),
		...agents.flatMap(({ backend }) => [backend.apiKey, ...Object.values(backend.headers)]),
		...servers.flatMap(({ launch }) =>
			launch.type === 'http' ? [...Object.values(launch.headers), launch.oauth?.clientSecret] : named(launch.env),
		),
	];
	return [...new Set(found.filter((value) => typeof value === 'string' && value !== ''))] as string[];
}

const onlyTexts = (values: Readonly<Record<string, string | null>>): Record<string, string> =>
	Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null));
