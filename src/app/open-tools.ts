import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { createPlanningToolset } from '../adapters/tools/planning.ts';
import { createToolPins } from '../approvals/tool-pins.ts';
import { allMcpServers, serversOf } from '../config/all-mcp-servers.ts';
import type { LoadedConfig } from '../config/check-config.ts';
import type { AgentTools } from '../config/configured-team.ts';
import type { ToolServerProbe } from '../config/doctor.ts';
import type { Clock } from '../core/clock.ts';
import { BotError } from '../core/errors.ts';
import type { Asker } from '../core/foreign-form.ts';
import type { GatedRun } from '../core/gate.ts';
import type { Gateway } from '../core/gateway.ts';
import type { Consent, McpServerSettings } from '../core/mcp-settings.ts';
import type { Sandbox } from '../core/sandbox.ts';
import { decodeSessionId } from '../core/session-id.ts';
import type { Store } from '../core/store.ts';
import type { Rules } from '../core/team.ts';
import type { Toolset } from '../core/tool.ts';
import type { ToolPins } from '../core/tool-pins.ts';
import { probeSandbox } from './open-sandbox.ts';

const { version } = packageJson;
/** How long (ms) a person may take to log in. */
const LOGIN_MS = 600_000;

/** The tools of one run. */
interface RunTools {
	/** What an agent has. Each toolset is closed by whom it is given to. */
	of(agent: string, tools: AgentTools): Promise<Toolset[]>;
	/** Where the run's programs are; null: there are no containers. */
	sandbox: Sandbox | null;
	/** What works in the sandbox of the run and is closed with it. */
	released<Closable extends { close(): Promise<void> }>(user: Closable): Closable;
}
export type ToolsOpener = (run: GatedRun) => RunTools;

interface ToolsPlace {
	pins: ToolPins;
	sandbox: Sandbox | null;
	store: Store;
	clock: Clock;
	report(text: string): void;
	/** By the name of its platform. */
	gatewayOf(platform: string): Pick<Gateway, 'elicit'> | null;
}

export function createToolsOpener(config: LoadedConfig, place: ToolsPlace): ToolsOpener {
	const { settings } = config;
	const { sandbox, clock } = place;
	const hasServers = allMcpServers(config).length > 0;
	const openServers = once(async () => {
		const { createMcpServers } = await import('../adapters/tools/mcp.ts');
		return createMcpServers({ ...place, version, consent: null });
	});
	return (gated) => {
		const { run } = gated;
		const released = releasing(run, sandbox);
		const servers = once(async () => (hasServers ? (await openServers()).forRun(run, askerOf(gated, place)) : null));
		const workspaces = once(async () => {
			const { createRunWorkspaces } = await import('../adapters/tools/workspace.ts');
			return sandbox === null
				? null
				: createRunWorkspaces({ ...place, sandbox, run, limits: settings.workspaceLimits });
		});
		const own = async (agent: string, tools: AgentTools): Promise<Toolset[]> => {
			const files = tools.workspace ? ((await workspaces())?.of(agent, tools.context) ?? null) : null;
			if (files === null || sandbox === null) return [];
			if (tools.shell === null) return [files.toolset];
			const { createShell } = await import('../adapters/tools/shell.ts');
			return [files.toolset, createShell({ run, sandbox, folder: files.folder, settings: tools.shell })];
		};
		return {
			sandbox,
			released,
			async of(agent, tools) {
				const open = await servers();
				const foreign = serversOf(tools, settings.mcpServers).flatMap((server) => {
					return open?.toolset(server, agent, tools) ?? [];
				});
				const toolsets = [...foreign, ...(await own(agent, tools))].map((toolset) => released(toolset));
				return [...toolsets, ...(await noticeboardOf(tools, settings.dataDir, clock))];
			},
		};
	};
}

/** The way to whoever asked a run's question; null: there is none. */
function askerOf({ session, requester: person, canAsk }: GatedRun, { gatewayOf }: ToolsPlace): Asker | null {
	const gateway = gatewayOf(decodeSessionId(session).platform);
	if (!canAsk || gateway?.elicit === undefined) return null;
	return gateway.elicit.bind(gateway, { session, person });
}

function once<Result>(make: () => Promise<Result>): () => Promise<Result> {
	let made: Promise<Result> | null = null;
	return () => {
		made ??= make();
		return made;
	};
}

/** What a run has in the sandbox goes with the last of those who use it. */
function releasing(run: string, sandbox: Sandbox | null): RunTools['released'] {
	let open = 0;
	return (user) => {
		let closing: Promise<void> | null = null;
		open += 1;
		const close = async () => {
			try {
				await user.close();
			} finally {
				open -= 1;
				if (open === 0) await sandbox?.release(run);
			}
		};
		return {
			...user,
			close() {
				closing ??= close();
				return closing;
			},
		};
	};
}

/** The task plan of an agent, where its team's rules allow it one. */
export const planningOf = ({ maxTasks }: Rules): Toolset[] =>
	maxTasks === null ? [] : [createPlanningToolset({ maxTasks })];

/** The noticeboard of the data folder, for an agent that may post on it. */
async function noticeboardOf(tools: AgentTools, dataDir: string, clock: Clock): Promise<Toolset[]> {
	if (!tools.noticeboard) return [];
	const { createNoticeboard } = await import('../adapters/tools/noticeboard.ts');
	return [createNoticeboard(join(dataDir, 'noticeboard.md'), clock)];
}

/**
 * Starts every MCP server for a moment, to see whether it can be used. `store`: where logins and pins are; otherwise why
 * they cannot be read, in a sentence, or null when there are none yet.
 */
export async function probeToolServers(
	config: LoadedConfig,
	store: Store | { problem: string } | null,
): Promise<readonly ToolServerProbe[]> {
	const readable = store !== null && 'get' in store ? store : null;
	const unread = store !== null && 'problem' in store ? ` (tried without its login: ${store.problem})` : '';
	return Promise.all(
		allMcpServers(config).map(async (server) => {
			const found = await probe(server, readable);
			const isUnread = 'problem' in found && server.launch.type === 'http';
			const tools = readable === null ? null : (await createToolPins(readable).view(server)).tools;
			return {
				name: server.name,
				found: isUnread ? { problem: `${found.problem}${unread}` } : found,
				waiting: (tools ?? []).flatMap(({ name, state }) => (state === 'accepted' ? [] : [name])),
			};
		}),
	);
}

async function probe(server: McpServerSettings, store: Store | null): Promise<ToolServerProbe['found']> {
	const { probeMcpServer } = await import('../adapters/tools/mcp.ts');
	const sandbox = server.launch.type === 'stdio' ? await probeSandbox() : null;
	const found = await probeMcpServer(server, { sandbox, store, version, consent: null });
	await sandbox?.close();
	if ('problem' in found) return found;
	return {
		offers: `${found.tools} ${found.tools === 1 ? 'tool' : 'tools'}, revision ${found.revision} of the protocol`,
	};
}

/**
 * Lets a person log in to an MCP server of the configuration and keeps what that gives. Null: done; otherwise why not, in
 * words that follow the server's name. Throws `input_invalid` when no server that is an address has this name.
 */
export async function logInToToolServer(
	config: LoadedConfig,
	name: string,
	store: Store,
	consent: Consent,
): Promise<string | null> {
	const known = allMcpServers(config).filter(({ launch }) => launch.type === 'http');
	const server = known.find((one) => one.name === name);
	if (server === undefined) {
		const names = known.map((one) => one.name).join(', ');
		throw new BotError('input_invalid', `There is no MCP server ${name} to log in to. Known: ${names || 'none'}.`);
	}
	const { probeMcpServer } = await import('../adapters/tools/mcp.ts');
	const patient = { ...server, startTimeoutMs: LOGIN_MS };
	const found = await probeMcpServer(patient, { sandbox: null, store, version, consent });
	return 'problem' in found ? found.problem : null;
}
