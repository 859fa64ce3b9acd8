import type { McpHttpLaunch, McpServerSettings, McpStdioLaunch } from '../core/mcp-settings.ts';
import { withPreset } from './mcp-presets.ts';
import type { McpServerConfig, McpServersConfig } from './mcp-schema.ts';
import type { Problem } from './problem.ts';

/** Seconds when the file does not say. */
const START_SECONDS = 20;
const CALL_SECONDS = 120;
/** Tools are named `server__tool`, so the halves must stay apart. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]|_(?!_))*$/;
const LONGEST_NAME = 32;
const FOLDER = `\${cwd}`;

/** The servers of one list of a file. `report` makes a problem at the server of this index or name. */
export function mcpServersOf(
	config: McpServersConfig | undefined,
	report: (at: string | number, message: string) => Problem,
): { servers: McpServerSettings[]; problems: Problem[] } {
	const servers: McpServerSettings[] = [];
	const problems: Problem[] = [];
	const entries: [string | number, McpServerConfig][] = Array.isArray(config)
		? config.map((server, index) => [index, server])
		: Object.entries(config ?? {});
	const taken = new Set<string>();
	for (const [at, given] of entries) {
		const server = withPreset(given);
		const name = typeof at === 'string' ? at : (server.name ?? '');
		const wrong = nameProblem(name, taken) ?? launchProblem(server);
		taken.add(name);
		if (wrong !== null) problems.push(report(at, wrong));
		else servers.push(settingsOf(name, server));
	}
	return { servers, problems };
}

function nameProblem(name: string, taken: ReadonlySet<string>): string | null {
	if (name === '') return 'the key name is missing; add it';
	if (taken.has(name)) return `the name ${name} is already used; names of MCP servers are unique`;
	if (NAME.test(name) && !name.endsWith('_') && name.length <= LONGEST_NAME) return null;
	return `the name ${name.slice(0, 60)} cannot be part of a tool's name; use letters, digits, - and single _, at most ${LONGEST_NAME}`;
}

function launchProblem({ type, command, url }: McpServerConfig): string | null {
	if (command !== undefined && url !== undefined) return 'command and url are both there; keep one of them';
	if (type === 'stdio' && command === undefined) return 'a stdio server needs `command`; add it';
	if (type === 'streamable-http' && url === undefined) return 'a streamable-http server needs `url`; add it';
	if (command === undefined && url === undefined) return 'neither command nor url is there; add one of them';
	return url !== undefined && !URL.canParse(url) ? 'url is not an address' : null;
}

function settingsOf(name: string, config: McpServerConfig): McpServerSettings {
	return {
		name,
		launch: config.url === undefined ? stdioOf(config) : httpOf(config, config.url),
		allowed: config.allowed_tools ?? null,
		excluded: config.exclude_tools ?? [],
		trusted: config.trusted ?? false,
		effects: config.effects ?? {},
		firstSight: config.first_sight ?? 'accepted',
		startTimeoutMs: Math.ceil((config.start_timeout_seconds ?? START_SECONDS) * 1000),
		callTimeoutMs: Math.ceil((config.timeout_seconds ?? CALL_SECONDS) * 1000),
	};
}

function httpOf({ headers, security, oauth }: McpServerConfig, url: string): McpHttpLaunch {
	return {
		type: 'http',
		url,
		headers: headers ?? {},
		allowLoopback: security?.allow_localhost ?? false,
		allowPrivate: security?.allow_private_ips ?? false,
		oauth: {
			clientId: oauth?.client_id ?? null,
			clientSecret: oauth?.client_secret ?? null,
			scope: oauth?.scope ?? null,
		},
	};
}

function stdioOf({ command = '', args = [], env = {}, cwd, image, egress }: McpServerConfig): McpStdioLaunch {
	const words = [command, ...args.map(String)];
	const environment = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
	const isAsked = [...words, ...Object.values(environment)].some((word) => word.includes(FOLDER));
	return {
		type: 'stdio',
		command: words,
		env: environment,
		image: image ?? null,
		egress: egress ?? [],
		workspace: cwd !== undefined || isAsked,
	};
}
