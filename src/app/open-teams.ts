import { createSpending } from '../access/budgets.ts';
import { meteredBackend } from '../access/metered-backend.ts';
import { createRateLimits } from '../adapters/backends/shared/rate-limit.ts';
import type { BackendServices } from '../adapters/backends/shared/resilient-stream.ts';
import { createExternalParticipant } from '../agents/external.ts';
import { createModelAgent } from '../agents/loop.ts';
import { cheapestOf } from '../config/cheapest-of.ts';
import type { LoadedConfig } from '../config/check-config.ts';
import { chooseTeam } from '../config/choose-team.ts';
import { type ConfiguredTeam, pricedAs } from '../config/configured-team.ts';
import type { Environment } from '../config/prepare.ts';
import type { Agent } from '../core/agent.ts';
import type { Backend } from '../core/backend.ts';
import type { BackendSettings } from '../core/backend-settings.ts';
import type { Clock } from '../core/clock.ts';
import { BotError, sentenceOf } from '../core/errors.ts';
import type { Approvals, GatedRun } from '../core/gate.ts';
import { decodeSessionId } from '../core/session-id.ts';
import type { Payer, Spending } from '../core/spending.ts';
import type { Store } from '../core/store.ts';
import type { Team } from '../core/team.ts';
import type { PriceTable } from '../core/usage.ts';
import { type ExternalPlace, openAgentTools, openExternalAgent, type SeatOptions } from './open-frameworks.ts';
import { planningOf, type ToolsOpener } from './open-tools.ts';

/** Where it is kept what was spent. */
export interface Ledger {
	store: Store;
	/** One sentence for whoever runs the bot. */
	report(text: string): void;
}

/** Teams by name and the agents that sit at them; backends are shared by all runs of the process. */
export function openTeams(
	config: LoadedConfig,
	env: Environment,
	clock: Clock,
	{ openTools, approvals, ledger }: { openTools: ToolsOpener; approvals: Approvals; ledger: Ledger },
) {
	const services: BackendServices = { clock, random: Math.random, limits: createRateLimits(clock) };
	const backends = new Map<BackendSettings, Promise<Backend>>();
	const chosen = new Map<string | null, Promise<ConfiguredTeam>>();
	let prices: Promise<PriceTable> | null = null;
	let spending: Spending | null = null;

	const backendOf = (settings: BackendSettings) => {
		const known = backends.get(settings) ?? createBackend(settings, services);
		backends.set(settings, known);
		return known;
	};

	const priceTable = (): Promise<PriceTable> => {
		prices ??= loadPrices(config);
		return prices;
	};

	const budgetsOf = (table: PriceTable): Spending => {
		spending ??= openSpending(config, clock, table, ledger);
		return spending;
	};

	/** A model, and who pays for it. */
	const metered = async (settings: BackendSettings, payer: Payer): Promise<Backend> => {
		const { maxOutputTokens } = settings;
		return meteredBackend(await backendOf(settings), budgetsOf(await priceTable()), { payer, maxOutputTokens });
	};

	const named = (name: string | null): Promise<ConfiguredTeam> => {
		const known = chosen.get(name) ?? chooseTeam({ config, name, env, fetch });
		chosen.set(name, known);
		known.catch(() => chosen.delete(name));
		return known;
	};

	const agentsOf = async (team: Team, run: GatedRun): Promise<ReadonlyMap<string, Agent>> => {
		const { agents: configured, externals } = await named(team.name);
		const tools = openTools(run);
		const gate = approvals.gateOf(run);
		const table = await priceTable();
		const payer: Payer = { ...decodeSessionId(run.session), user: run.requester?.user ?? null };
		const counted = (bare: Backend) => meteredBackend(bare, budgetsOf(table), { payer, maxOutputTokens: null });
		const { sandbox, released } = tools;
		const place: ExternalPlace = { run: run.run, sandbox, released, clock, random: services.random };
		const seat: SeatOptions = { metered: counted, gate, prices: table, clock };
		const agents = team.members.map(async ({ id }): Promise<[string, Agent][]> => {
			const external = externals.get(id);
			if (external !== undefined) {
				const about = { ...seat, id, systemMessage: external.systemMessage, ...pricedAs(external.settings) };
				const agent = await openExternalAgent(external.settings, place);
				return [[id, createExternalParticipant({ ...about, agent })]];
			}
			const settings = configured.get(id);
			if (settings === undefined) return [];
			const backend = await metered(settings.backend, payer);
			const { systemMessage } = settings;
			const own = await tools.of(id, settings.tools);
			const asked = await openAgentTools(place, settings.tools.agents, team.rules, seat);
			const toolsets = [...planningOf(team.rules), ...own, ...asked];
			return [[id, createModelAgent({ id, systemMessage, backend, toolsets, gate, prices: table, clock })]];
		});
		return new Map((await Promise.all(agents)).flat());
	};

	/** Of the first agent of a team of the configuration. */
	const backendOfTeam = async (name: string): Promise<Backend> => {
		const [first] = (await named(name)).agents.values();
		if (first === undefined) throw new BotError('config_invalid', `The team ${name} has no agents.`);
		return backendOf(first.backend);
	};

	/**
	 * The cheapest model that is configured, paid for by the place of a session, and by a user if there is one; null: there
	 * is none but scripts.
	 */
	const cheapestFor = async (session: string, user: string | null = null): Promise<Backend | null> => {
		const first = await named(null).catch(() => null);
		const others = [...config.teams.values()].filter(({ problems }) => problems.length === 0);
		const cheapest = cheapestOf(first === null ? others : [first, ...others], await priceTable());
		return cheapest === null ? null : metered(cheapest, { ...decodeSessionId(session), user });
	};

	const list = async () => {
		const first = await named(null).catch((error: unknown) => ({ team: null, notes: [sentenceOf(error)] }));
		const others = [...config.teams.values()].filter(({ problems }) => problems.length === 0).map(({ team }) => team);
		const usable =
			first.team === null ? others : [first.team, ...others.filter(({ name }) => name !== first.team.name)];
		const summaries = usable.map(({ name, description, members }) => ({ name, description, members }));
		return { teams: summaries, notes: first.notes };
	};

	return { named, agentsOf, list, backendOf: backendOfTeam, metered, cheapestFor };
}

function openSpending({ access }: LoadedConfig, clock: Clock, prices: PriceTable, { store, report }: Ledger): Spending {
	return createSpending({
		...{ rules: access.budgets, store, clock, prices },
		onSoft({ of, each, soft }, { platform, tenant, channel, user }) {
			const whose = { user: user ?? '', channel, workspace: tenant, process: 'this process' }[of];
			report(
				`The soft limit of ${(soft ?? 0) / 1_000_000} US dollars a ${each} is passed: ${platform}, ${of} ${whose}.`,
			);
		},
		onProblem: (error) => report(sentenceOf(error)),
	});
}

async function createBackend(settings: BackendSettings, services: BackendServices): Promise<Backend> {
	switch (settings.type) {
		case 'openai':
			return import('../adapters/backends/openai.ts').then((it) => it.createOpenAIBackend(settings, services));
		case 'openai-compatible':
			return import('../adapters/backends/openai-compatible.ts').then((it) =>
				it.createOpenAICompatibleBackend(settings, services),
			);
		case 'anthropic':
			return import('../adapters/backends/anthropic.ts').then((it) => it.createAnthropicBackend(settings, services));
		case 'gemini':
			return import('../adapters/backends/gemini.ts').then((it) => it.createGeminiBackend(settings, services));
		case 'scripted':
			return import('../adapters/backends/scripted.ts').then((it) => it.createScriptedBackend(settings, services));
	}
}

/** The price table with the configuration's own prices before it. */
export async function loadPrices(config: LoadedConfig): Promise<PriceTable> {
	const { createGenaiPrices } = await import('../adapters/prices/genai-prices.ts');
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
