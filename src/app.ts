import { commands } from '../commands/index.ts';
import packageJson from '../package.json' with { type: 'json' };
import { forgetOldBudgets } from './access/budgets.ts';
import type { DiscordGateway } from './adapters/gateways/discord/discord-gateway.ts';
import type { SlackGateway } from './adapters/gateways/slack/slack-gateway.ts';
import type { TerminalGateway, TerminalGatewayOptions } from './adapters/gateways/terminal/terminal-gateway.ts';
import type { WebGateway } from './adapters/gateways/web/web-gateway.ts';
import { type ChatGateway, joinChats } from './app/join-chats.ts';
import { keepSessions } from './app/keep-sessions.ts';
import { openAccess } from './app/open-access.ts';
import { openApprovals } from './app/open-approvals.ts';
import { openLanguages } from './app/open-languages.ts';
import { openMemory } from './app/open-memory.ts';
import { openSandbox } from './app/open-sandbox.ts';
import { openStore } from './app/open-store.ts';
import { openTeams } from './app/open-teams.ts';
import { createToolsOpener } from './app/open-tools.ts';
import { openProbes, openWeb } from './app/open-web.ts';
import { askStandings, tellStandings } from './app/platform-words.ts';
import { repeatedly } from './app/repeatedly.ts';
import { checkRole, openRuns, openWays, type Role, type Ways, withNews } from './app/roles.ts';
import { openWatch, type Watch } from './app/watch.ts';
import { createToolBook } from './approvals/tool-book.ts';
import { createToolPins } from './approvals/tool-pins.ts';
import { createBot, type RunningBot } from './bot.ts';
import { allMcpServers } from './config/all-mcp-servers.ts';
import type { ConfigOptions, LoadedConfig } from './config/check-config.ts';
import type { ConfiguredTeam } from './config/configured-team.ts';
import { loadConfig } from './config/load-config.ts';
import { secretsOf } from './config/secrets-of.ts';
import { type Clock, endable } from './core/clock.ts';
import { formsOf } from './core/command-form.ts';
import { BotError, isStoreAway, messageOf, sentenceOf } from './core/errors.ts';
import type { Finding } from './core/finding.ts';
import type { Gateway, Inbound } from './core/gateway.ts';
import type { RunEvent } from './core/run-event.ts';
import type { Sandbox } from './core/sandbox.ts';
import type { Say } from './core/say.ts';
import { decodeSessionId } from './core/session-id.ts';
import type { Store } from './core/store.ts';
import { createDispatch } from './dispatch.ts';
import { createHost } from './host.ts';
import type { Languages } from './observers/languages.ts';
import type { Runs } from './runs/runs.ts';
import { keptFile } from './sessions/kept-file.ts';
import { systemClock } from './system-clock.ts';

const { version } = packageJson;
/** How long (ms) the end waits for sessions to hear of runs that have ended: a store may be away. */
const SEQUEL_MS = 5_000;

/** The terminal that a thread is shown on. */
export type TerminalPlace = Pick<
	TerminalGatewayOptions,
	'input' | 'output' | 'errors' | 'interactive' | 'approve' | 'filesFolder' | 'session'
>;

export interface AppOptions extends ConfigOptions {
	/** Left out: `all`, one process that does everything. */
	role?: Role;
	/** The terminal that threads of its own sessions are shown on; null: none. */
	terminal: TerminalPlace | null;
	/** Whether to serve the page. */
	web: boolean;
	/** Whether to be on the chat platforms that have a token. */
	chats: boolean;
	/** Reads every event of every run. Must not throw. */
	observe(event: RunEvent): void;
	/** One sentence about something that went wrong beside the run, where no terminal shows it. */
	onProblem(text: string): void;
	/** Replaces the configured store. For tests that need one of their own. */
	openStore?(dataDir: string, clock: Clock): Promise<Store>;
	/** Where tools that are programs run; left out: nowhere. */
	openSandbox?(config: LoadedConfig, clock: Clock): Promise<Sandbox | null>;
	/** Replaces the machine's clock. For tests. */
	clock?: Clock;
	/** Folder of the texts for people, in the place of `config/locales/`. For tests. */
	locales?: URL;
}

/** The program, put together. */
export interface App {
	readonly config: LoadedConfig;
	readonly bot: RunningBot;
	readonly runs: Runs;
	readonly say: Say;
	readonly terminal: TerminalGateway | null;
	readonly web: WebGateway | null;
	readonly slack: SlackGateway | null;
	/** The team by name, or the default one. Throws `team_unknown` and `config_invalid` for the person. */
	team(name: string | null): Promise<ConfiguredTeam>;
	/** Puts something a person did through to its use case; the error, if any, has been told to the person. */
	submit(inbound: Inbound): Promise<BotError | null>;
	/** Opens the terminal and the page for people. */
	listen(): Promise<void>;
	/** Begins to do the runs that other processes open, as a worker does, and to tell how it is. */
	work(): Promise<void>;
	/**
	 * Goes to the chat platforms; `onJoined` hears a sentence on each when it is on it. Resolves when each was tried, or
	 * has taken too long. Why it is not on one is told as a problem.
	 */
	joinChats(onJoined: (sentence: string) => void): Promise<void>;
	/** Suspends the runs and closes everything. It may take `lingerMs` more, when something is to be learned of them. */
	close(lingerMs?: number): Promise<void>;
}

/** The composition root: the only place that picks adapters. */
export async function createApp(options: AppOptions): Promise<App> {
	// What waits to be tried again when the program ends is caught up on at the next start.
	const { clock, end } = endable(options.clock ?? systemClock);
	const closing = new AbortController();
	const config = await loadConfig(options);
	const languages = await openLanguages(config, options);
	const sayIn = languages.in;
	checkRole(options.role ?? 'all', config, sayIn(null));
	const voice = { tell: options.onProblem };
	const { telemetry } = config.settings;
	const tell = (text: string) => voice.tell(text);
	const watch = await openWatch({ clock, version, telemetry, say: sayIn(null), onProblem: tell });
	const opening = options.openStore?.(config.settings.dataDir, clock) ?? openStore(config, clock, sayIn(null), tell);
	const store = watch.store(await opening.catch((thrown: unknown) => watch.stop().then(() => Promise.reject(thrown))));
	const ways = await openWays(options.role ?? 'all', config, tell);
	try {
		return await assemble({ options, config, store, clock, sayIn, watch, ways }, voice, closing, end);
	} catch (thrown) {
		// What it holds open would keep the process from ending.
		await watch.stop();
		await store.close();
		await ways?.close();
		end();
		throw thrown;
	}
}

/** How often it is looked after what time asks for of approvals, and what other processes have decided. */
const SWEEP_MS = 5_000;

/** The program over its open store. From then on `voice` speaks where people are. */
async function assemble(
	needs: GatewayNeeds & { ways: Ways | null },
	voice: { tell(text: string): void },
	closing: AbortController,
	end: () => void,
): Promise<App> {
	const { options, config, store, clock, sayIn, watch, ways } = needs;
	const say = sayIn(null);
	const { terminal, web, served, slack, chats, gateways } = await openGateways(needs);
	if (terminal !== null) voice.tell = (text) => terminal.tell(text);
	const { tell } = voice;
	const probes = options.role === 'worker' ? await openProbes({ config, say, watch, onProblem: tell }) : null;
	// That the store is away is told by the store, once.
	const onProblem = (error: unknown) => isStoreAway(error) || tell(messageOf(error));
	const gatewayOf = (platform: string) => gateways.get(platform) ?? null;
	const { role = 'all' } = options;
	if (role === 'gateway' && ways !== null) tellStandings(ways.words, gatewayOf);
	const standingOf = role === 'worker' && ways !== null ? askStandings(ways.words, clock) : gatewayOf;
	const people = { config, env: options.env, store, clock, gatewayOf: standingOf, onProblem };
	const { access, audit, roles, doorkeeper } = openAccess(people);
	const sandbox = role === 'gateway' ? null : await (options.openSandbox ?? openSandbox)(config, clock);
	const pins = createToolPins(store);
	const openTools = createToolsOpener(config, { pins, sandbox, store, clock, report: tell, gatewayOf });
	const secrets = secretsOf(config, options.env);
	const backendOf = (team: string) => teams.backendOf(team);
	const asking = openApprovals({ config, store, clock, sayIn, audit, access, pins, secrets, backendOf, onProblem });
	const { approvals, policyBook } = asking;
	const desk = withNews(asking, role, ways, onProblem);
	const teams = openTeams(config, options.env, clock, { openTools, approvals, ledger: { store, report: tell } });
	const showAgain = (run: string) => bot.showAgain(run);
	const memory = await openMemory({ ...people, say, teams, learns: role !== 'gateway', showAgain });
	const onLost = (run: string, error: unknown) => {
		watch.left(run);
		// The process goes on with it when the store is back.
		if (isStoreAway(error) && (options.web || options.chats || role === 'worker')) return;
		tell(say('run.lost', { run, reason: sentenceOf(error) }));
		void terminal?.stop();
	};
	const runParts = {
		store,
		clock,
		random: Math.random,
		approvals,
		audit,
		agentsOf: teams.agentsOf,
		sequels: memory.due,
	};
	const limit = watch.limit(config.settings.runsAtOnce);
	const held = openRuns({ ...runParts, role, ways, config, say, tell, onLost, onEnded: memory.learn, limit });
	const { runs } = held;
	const keeping = keepSessions({ ...people, audit, say, runs, teams, tell, signal: closing.signal });
	const bot = createBot({
		store,
		runs,
		desk,
		policyBook,
		limit,
		historyLimit: config.settings.sessions.historyCharacters,
		clock,
		sayIn,
		teams: teams.list,
		tools: createToolBook(pins, allMcpServers(config)),
		roles,
		audit,
		...{ memory: memory.book, onShown: memory.learn },
		teamOf: async (name) => (await teams.named(name)).team,
		gatewayOf: (session) => gatewayOf(decodeSessionId(session).platform),
		observe(event, isOld) {
			options.observe(event);
			watch.observe(event, isOld);
		},
		onProblem(text) {
			if (!closing.signal.aborted) tell(text);
		},
		onLost,
	});
	const replyTo = async (event: Inbound, text: string): Promise<void> => {
		const gateway = gateways.get(event.principal.platform);
		if (gateway === undefined) tell(text);
		else await gateway.reply(event, text);
	};
	const inbound = createDispatch({ store, clock, bot, doorkeeper, sayIn, commands, onProblem });
	const forgetOld = async () => {
		await inbound.forgetOld();
		await forgetOldBudgets(store, clock.now());
	};
	await forgetOld();
	const stopTending = repeatedly(
		clock,
		[
			...(role === 'worker' ? [] : [{ everyMs: 60_000, work: () => inbound.recover(replyTo) }]),
			{ everyMs: SWEEP_MS, work: asking.sweep },
			{ everyMs: SWEEP_MS, work: bot.takeUpLost },
			{ everyMs: 3_600_000, work: forgetOld },
			...(role === 'gateway' ? [] : keeping.chores),
			...memory.chores,
			...held.chores,
			...(held.tendMs === null ? [] : [{ everyMs: held.tendMs, work: bot.tend }]),
			...(sandbox === null ? [] : [{ everyMs: 60_000, work: async () => void (await sandbox.reap()) }]),
		],
		onProblem,
	);
	const submit = (event: Inbound) => inbound.dispatch(event, (text) => replyTo(event, text));
	const host = createHost({ bot, runs, say, commands: inbound.forms, submit, keptFile: (id) => keptFile(store, id) });
	return {
		config,
		bot,
		runs,
		say,
		terminal,
		web,
		slack,
		team: teams.named,
		submit,
		async listen() {
			for (const gateway of [terminal, served, web]) await gateway?.start(host);
		},
		async work() {
			await probes?.start();
			held.begin();
		},
		joinChats: (onJoined) =>
			joinChats({
				...{ gateways: chats, host, clock, say, signal: closing.signal, onProblem: tell },
				onJoined: (gateway) => onJoined(gateway.about()),
				// Its threads are caught up on when it can be reached again.
				onRefused: ({ name }) => void gateways.delete(name),
			}),
		async close(lingerMs = 0) {
			watch.drain();
			closing.abort();
			stopTending();
			await held.suspend();
			await Promise.race([bot.settled(), new Promise<void>((resolve) => void clock.after(SEQUEL_MS, resolve))]);
			// All at once, and what cannot be stopped keeps nothing open.
			const stops = [terminal, web, served, probes, ...chats].map(async (one) => one?.stop());
			for (const stop of await Promise.allSettled(stops)) if (stop.status === 'rejected') onProblem(stop.reason);
			await Promise.all([keeping.settled(), memory.close(lingerMs)]);
			await sandbox?.close();
			await audit.close();
			await held.close();
			await watch.stop();
			await store.close();
			end();
		},
	};
}

interface GatewayNeeds {
	options: AppOptions;
	config: LoadedConfig;
	store: Store;
	clock: Clock;
	sayIn: Languages['in'];
	watch: Watch;
}

/** The gateways that were asked for, by the platform in their session ids. */
async function openGateways(needs: GatewayNeeds) {
	const { options, config, clock, sayIn, watch } = needs;
	const say = sayIn(null);
	const terminal = options.terminal === null ? null : await openTerminal(options.terminal, options, clock, say);
	const { onProblem } = options;
	const web = options.web ? await openWeb({ config, clock, say, version, watch, onProblem }) : null;
	const discord = options.chats ? await openDiscord(needs) : null;
	const slack = options.chats ? await openSlack(needs) : null;
	const chats = [discord, slack].filter(
		(gateway): gateway is ChatGateway & (DiscordGateway | SlackGateway) => gateway !== null,
	);
	const gateways = new Map<string, Gateway>();
	watch.expect(chats);
	for (const gateway of [terminal, web?.page ?? null, web?.served ?? null, ...chats])
		if (gateway !== null) gateways.set(gateway.name, watch.gateways.counted(gateway));
	return { terminal, web: web?.page ?? null, served: web?.served ?? null, slack, chats, gateways };
}

async function openDiscord({ options, config, store, clock, sayIn, watch }: GatewayNeeds): Promise<ChatGateway | null> {
	const { discord } = config.settings;
	if (discord === null) return null;
	const { createDiscordGateway } = await import('./adapters/gateways/discord/discord-gateway.ts');
	const onLimited = () => watch.gateways.limited('discord');
	return createDiscordGateway({ ...discord, store, clock, sayIn, onProblem: options.onProblem, onLimited });
}

async function openSlack({ options, config, store, clock, sayIn, watch }: GatewayNeeds): Promise<SlackGateway | null> {
	const { slack, host } = config.settings;
	if (slack === null) return null;
	const { createSlackGateway } = await import('./adapters/gateways/slack/slack-gateway.ts');
	const onLimited = () => watch.gateways.limited('slack');
	return createSlackGateway({ ...slack, host, store, clock, sayIn, onProblem: options.onProblem, onLimited });
}

/**
 * Registers `/massgen` with Discord, and says what was done. Throws `config_missing` without a token, and
 * `config_invalid` when Discord refuses, with a sentence.
 */
export async function deployDiscordCommands(options: ConfigOptions): Promise<string> {
	const config = await loadConfig(options);
	const sayIn = (await openLanguages(config, { chats: true })).in;
	const { discord } = config.settings;
	if (discord === null) {
		const userMessage = sayIn(null)('discord.no_token');
		throw new BotError('config_missing', 'DISCORD_TOKEN is not set', { userMessage });
	}
	const { registerCommands } = await import('./adapters/gateways/discord/register-commands.ts');
	return registerCommands(formsOf(commands), discord, sayIn);
}

/** What is well and what is not on the chat platforms that have a token. Asks them. */
export async function chatFindings(
	config: LoadedConfig,
	channels: { discord: string | null; slack: string | null },
): Promise<Finding[]> {
	const { discord, slack } = config.settings;
	const findings: Finding[] = [];
	if (discord !== null) {
		const { discordFindings } = await import('./adapters/gateways/discord/discord-findings.ts');
		findings.push(...(await discordFindings(discord, channels.discord)));
	}
	if (slack !== null) {
		const say = (await openLanguages(config, { chats: false })).in(null);
		const { slackFindings } = await import('./adapters/gateways/slack/slack-findings.ts');
		findings.push(...(await slackFindings({ ...slack, channel: channels.slack, say })));
	}
	return findings;
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
