import { commands } from '../commands/index.ts';
import packageJson from '../package.json' with { type: 'json' };
import { createRateLimits } from './adapters/backends/shared/rate-limit.ts';
import type { BackendServices } from './adapters/backends/shared/resilient-stream.ts';
import type { TerminalGateway, TerminalGatewayOptions } from './adapters/gateways/terminal/terminal-gateway.ts';
import type { WebGateway } from './adapters/gateways/web/web-gateway.ts';
import type { McpRun, McpServers } from './adapters/tools/mcp.ts';
import { createModelAgent } from './agents/loop.ts';
import { createToolBook } from './approvals/tool-book.ts';
import { createToolPins } from './approvals/tool-pins.ts';
import { createBot, type RunningBot } from './bot.ts';
import { allMcpServers, serversOf } from './config/all-mcp-servers.ts';
import type { ConfigOptions, LoadedConfig } from './config/check-config.ts';
import { chooseTeam } from './config/choose-team.ts';
import type { AgentTools, ConfiguredTeam } from './config/configured-team.ts';
import { loadConfig } from './config/load-config.ts';
import type { Settings } from './config/settings-of.ts';
import type { Agent } from './core/agent.ts';
import type { Backend } from './core/backend.ts';
import type { BackendSettings } from './core/backend-settings.ts';
import type { Clock } from './core/clock.ts';
import { BotError, messageOf, sentenceOf } from './core/errors.ts';
import type { Gateway, Inbound } from './core/gateway.ts';
import type { Consent, McpServerSettings } from './core/mcp-settings.ts';
import type { RunEvent } from './core/run-event.ts';
import type { Sandbox } from './core/sandbox.ts';
import type { Say } from './core/say.ts';
import { decodeSessionId } from './core/session-id.ts';
import type { Store } from './core/store.ts';
import type { Team } from './core/team.ts';
import type { Toolset } from './core/tool.ts';
import type { ToolPins } from './core/tool-pins.ts';
import type { PriceTable } from './core/usage.ts';
import { createDispatch } from './dispatch.ts';
import { createHost } from './host.ts';
import { createLanguages } from './observers/languages.ts';
import { createRuns, type Runs } from './runs/runs.ts';
import { systemClock } from './system-clock.ts';

const { version } = packageJson;
/** How long (ms) a person may take to log in. */
const LOGIN_MS = 600_000;

/** The terminal that a thread is shown on. */
export type TerminalPlace = Pick<TerminalGatewayOptions, 'input' | 'output' | 'errors' | 'interactive'>;

export interface AppOptions extends ConfigOptions {
	/** The terminal that threads of its own sessions are shown on; null: none. */
	terminal: TerminalPlace | null;
	/** Whether to serve the page. */
	web: boolean;
	/** Reads every event of every run. Must not throw. */
	observe(event: RunEvent): void;
	/** One sentence about something that went wrong beside the run, where no terminal shows it. */
	onProblem(text: string): void;
	/** Replaces the configured store. For tests that need one of their own. */
	openStore?(dataDir: string, clock: Clock): Promise<Store>;
	/** Where tools that are programs run; left out: nowhere. */
	openSandbox?(): Promise<Sandbox>;
}

/** The program, put together. */
export interface App {
	readonly config: LoadedConfig;
	readonly bot: RunningBot;
	readonly runs: Runs;
	readonly say: Say;
	readonly terminal: TerminalGateway | null;
	readonly web: WebGateway | null;
	/** The team by name, or the default one. Throws `team_unknown` and `config_invalid` for the person. */
	team(name: string | null): Promise<ConfiguredTeam>;
	/** Puts something a person did through to its use case; the error, if any, has been told to the person. */
	submit(inbound: Inbound): Promise<BotError | null>;
	/** Opens the gateways for people. */
	listen(): Promise<void>;
	/** Suspends the runs and closes everything. */
	close(): Promise<void>;
}

/** The composition root: the only place that picks adapters. */
export async function createApp(options: AppOptions): Promise<App> {
	const clock = systemClock;
	const config = await loadConfig(options);
	const languages = await createLanguages(config.settings.locale);
	const say = languages.in(null);
	const sayIn = languages.in;
	const store = await (options.openStore ?? openSqlite)(config.settings.dataDir, clock);
	const { terminal, web, gateways } = await openGateways(options, config, clock, say);
	const tell = (text: string) => (terminal === null ? options.onProblem(text) : terminal.tell(text));
	const sandbox = (await options.openSandbox?.()) ?? null;
	const pins = createToolPins(store);
	const openTools = toolsOpener(config, { pins, sandbox, store, clock, report: tell });
	const teams = createTeams(config, options, clock, openTools);
	const runs = createRuns({ store, clock, random: Math.random, agentsOf: teams.agentsOf });
	const bot = createBot({
		store,
		runs,
		clock,
		sayIn,
		teams: teams.list,
		tools: createToolBook(pins, allMcpServers(config)),
		teamOf: async (name) => (await teams.named(name)).team,
		gatewayOf: (session) => gateways.get(decodeSessionId(session).platform) ?? null,
		observe: options.observe,
		onProblem: tell,
		onLost(run, error) {
			tell(say('run.lost', { run, reason: sentenceOf(error) }));
			void terminal?.stop();
		},
	});
	const onProblem = (error: unknown) => tell(messageOf(error));
	const replyTo = async (event: Inbound, text: string): Promise<void> => {
		const gateway = gateways.get(event.principal.platform);
		if (gateway === undefined) tell(text);
		else await gateway.reply(event, text);
	};
	const inbound = createDispatch({ store, clock, bot, sayIn, commands, onProblem });
	await inbound.forgetOld();
	const stopTending = repeatedly(
		clock,
		[
			{ everyMs: 60_000, work: () => inbound.recover(replyTo) },
			{ everyMs: 3_600_000, work: inbound.forgetOld },
		],
		onProblem,
	);
	const submit = (event: Inbound) => inbound.dispatch(event, (text) => replyTo(event, text));
	const receive = async (event: Inbound) => void (await submit(event));
	const host = createHost({ bot, runs, say, commands: inbound.forms, receive });
	return {
		config,
		bot,
		runs,
		say,
		terminal,
		web,
		team: teams.named,
		submit,
		async listen() {
			for (const gateway of gateways.values()) await gateway.start(host);
		},
		async close() {
			stopTending();
			await runs.close();
			for (const gateway of gateways.values()) await gateway.stop();
			await sandbox?.close();
			await store.close();
		},
	};
}

/** Does each piece of work again and again, one at a time, until told to stop. */
function repeatedly(
	clock: Clock,
	chores: readonly { everyMs: number; work(): Promise<void> }[],
	onProblem: (error: unknown) => void,
): () => void {
	const cancels = new Set<() => void>();
	let stopped = false;
	const plan = (chore: (typeof chores)[number]) => {
		const cancel = clock.after(chore.everyMs, () => {
			cancels.delete(cancel);
			void chore
				.work()
				.catch(onProblem)
				.then(() => {
					if (!stopped) plan(chore);
				});
		});
		cancels.add(cancel);
	};
	for (const chore of chores) plan(chore);
	return () => {
		stopped = true;
		for (const cancel of cancels) cancel();
	};
}

/** The gateways that were asked for, by the platform in their session ids. */
async function openGateways(options: AppOptions, { settings }: LoadedConfig, clock: Clock, say: Say) {
	const terminal = options.terminal === null ? null : await openTerminal(options.terminal, options, clock, say);
	const web = options.web ? await openWeb(settings, options, clock, say) : null;
	const gateways = new Map<string, Gateway>();
	for (const gateway of [terminal, web]) if (gateway !== null) gateways.set(gateway.name, gateway);
	return { terminal, web, gateways };
}

async function openWeb(settings: Settings, { onProblem }: AppOptions, clock: Clock, say: Say): Promise<WebGateway> {
	const { createWebGateway } = await import('./adapters/gateways/web/web-gateway.ts');
	const { host, port, webToken: token } = settings;
	const assets = new URL('../dist/ui/', import.meta.url);
	return createWebGateway({ host, port, token, assets, clock, say, version, onProblem });
}

async function openSqlite(dataDir: string, clock: Clock): Promise<Store> {
	const { createSqliteStore } = await import('./adapters/stores/sqlite.ts');
	return createSqliteStore({ dataDir, clock });
}

/** Why the store in this folder cannot be opened, in a sentence; null when it can. */
export async function dataDirProblem(dataDir: string): Promise<string | null> {
	try {
		await (await openSqlite(dataDir, systemClock)).close();
		return null;
	} catch (thrown) {
		return sentenceOf(thrown);
	}
}

async function openTerminal(
	place: TerminalPlace,
	{ env }: AppOptions,
	clock: Clock,
	say: Say,
): Promise<TerminalGateway> {
	const { createTerminalGateway } = await import('./adapters/gateways/terminal/terminal-gateway.ts');
	return createTerminalGateway({ ...place, env, clock, say });
}

/** Teams by name and the agents that sit at them; backends are shared by all runs of the process. */
function createTeams(config: LoadedConfig, { env }: AppOptions, clock: Clock, openTools: ToolsOpener) {
	const services: BackendServices = { clock, random: Math.random, limits: createRateLimits(clock) };
	const backends = new Map<BackendSettings, Promise<Backend>>();
	const chosen = new Map<string | null, Promise<ConfiguredTeam>>();
	let prices: Promise<PriceTable> | null = null;

	const backendOf = (settings: BackendSettings) => {
		const known = backends.get(settings) ?? createBackend(settings, services);
		backends.set(settings, known);
		return known;
	};

	const named = (name: string | null): Promise<ConfiguredTeam> => {
		const known = chosen.get(name) ?? chooseTeam({ config, name, env, fetch });
		chosen.set(name, known);
		known.catch(() => chosen.delete(name));
		return known;
	};

	const agentsOf = async (team: Team, run: string): Promise<ReadonlyMap<string, Agent>> => {
		const configured = (await named(team.name)).agents;
		const tools = await openTools(run);
		prices ??= loadPrices(config);
		const table = await prices;
		const agents = team.members.map(async ({ id }): Promise<[string, Agent][]> => {
			const settings = configured.get(id);
			if (settings === undefined) return [];
			const backend = await backendOf(settings.backend);
			const { systemMessage } = settings;
			const toolsets = toolsetsOf(id, settings.tools, config.settings.mcpServers, tools);
			return [[id, createModelAgent({ id, systemMessage, backend, toolsets, prices: table, clock })]];
		});
		return new Map((await Promise.all(agents)).flat());
	};

	const list = async () => {
		const first = await named(null).catch((error: unknown) => ({ team: null, notes: [sentenceOf(error)] }));
		const others = [...config.teams.values()].filter(({ problems }) => problems.length === 0).map(({ team }) => team);
		const usable =
			first.team === null ? others : [first.team, ...others.filter(({ name }) => name !== first.team.name)];
		const summaries = usable.map(({ name, description, members }) => ({ name, description, members }));
		return { teams: summaries, notes: first.notes };
	};

	return { named, agentsOf, list };
}

/** Opens the tool servers for a run; null: no server is configured. */
type ToolsOpener = (run: string) => Promise<McpRun | null>;

interface ToolsPlace {
	pins: ToolPins;
	sandbox: Sandbox | null;
	store: Store;
	clock: Clock;
	report(text: string): void;
}

function toolsOpener(config: LoadedConfig, place: ToolsPlace): ToolsOpener {
	let servers: Promise<McpServers> | null = null;
	const open = async () => {
		const { createMcpServers } = await import('./adapters/tools/mcp.ts');
		return createMcpServers({ ...place, version, elicit: null, consent: null });
	};
	return async (run) => {
		if (allMcpServers(config).length === 0) return null;
		servers ??= open();
		return (await servers).forRun(run);
	};
}

function toolsetsOf(
	agent: string,
	tools: AgentTools,
	shared: readonly McpServerSettings[],
	run: McpRun | null,
): Toolset[] {
	return run === null ? [] : serversOf(tools, shared).map((server) => run.toolset(server, agent, tools));
}

async function createBackend(settings: BackendSettings, services: BackendServices): Promise<Backend> {
	switch (settings.type) {
		case 'openai':
			return import('./adapters/backends/openai.ts').then((it) => it.createOpenAIBackend(settings, services));
		case 'openai-compatible':
			return import('./adapters/backends/openai-compatible.ts').then((it) =>
				it.createOpenAICompatibleBackend(settings, services),
			);
		case 'anthropic':
			return import('./adapters/backends/anthropic.ts').then((it) => it.createAnthropicBackend(settings, services));
		case 'gemini':
			return import('./adapters/backends/gemini.ts').then((it) => it.createGeminiBackend(settings, services));
		case 'scripted':
			return import('./adapters/backends/scripted.ts').then((it) => it.createScriptedBackend(settings, services));
	}
}

/** Starts an MCP server for a moment, to see whether it can be used. */
export async function probeToolServer(server: McpServerSettings): Promise<{ offers: string } | { problem: string }> {
	const { probeMcpServer } = await import('./adapters/tools/mcp.ts');
	const found = await probeMcpServer(server, { sandbox: null, store: null, version, elicit: null, consent: null });
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
	options: ConfigOptions,
	name: string,
	consent: Consent,
): Promise<string | null> {
	const config = await loadConfig(options);
	const known = allMcpServers(config).filter(({ launch }) => launch.type === 'http');
	const server = known.find((one) => one.name === name);
	if (server === undefined) {
		const names = known.map((one) => one.name).join(', ');
		throw new BotError('input_invalid', `There is no MCP server ${name} to log in to. Known: ${names || 'none'}.`);
	}
	const { probeMcpServer } = await import('./adapters/tools/mcp.ts');
	const store = await openSqlite(config.settings.dataDir, systemClock);
	try {
		const patient = { ...server, startTimeoutMs: LOGIN_MS };
		const found = await probeMcpServer(patient, { sandbox: null, store, version, elicit: null, consent });
		return 'problem' in found ? found.problem : null;
	} finally {
		await store.close();
	}
}

/** The price table with the configuration's own prices before it. */
export async function loadPrices(config: LoadedConfig): Promise<PriceTable> {
	const { createGenaiPrices } = await import('./adapters/prices/genai-prices.ts');
	const overrides = [...config.settings.prices].map(([model, price]) => [
		model,
		{
			input_per_million: price.inputPerMillion,
			output_per_million: price.outputPerMillion,
			...(price.cachedInputPerMillion === null ? {} : { cached_input_per_million: price.cachedInputPerMillion }),
		},
	]);
	return createGenaiPrices(Object.fromEntries(overrides));
}

/** Counts tokens for estimates; loads a large table, so only where one is asked for. */
export async function loadTokenCounter(): Promise<(text: string) => number> {
	return import('./adapters/tokenizers/gpt-tokenizer.ts').then((it) => it.loadTokenCounter());
}
