/**
 * Ours, whole: runs, state machine, journal, agents, the openai-compatible backend, and the thread observer with a
 * gateway that counts. Variants: `memory` and `sqlite` say where the journal is.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOpenAICompatibleBackend } from '../src/adapters/backends/openai-compatible.ts';
import { createRateLimits } from '../src/adapters/backends/shared/rate-limit.ts';
import type { BackendServices } from '../src/adapters/backends/shared/resilient-stream.ts';
import { createModelAgent } from '../src/agents/loop.ts';
import type { Agent } from '../src/core/agent.ts';
import type { Backend } from '../src/core/backend.ts';
import type { BackendSettings } from '../src/core/backend-settings.ts';
import type { Gateway } from '../src/core/gateway.ts';
import { plainShowing } from '../src/core/run.ts';
import type { RunEvent } from '../src/core/run-event.ts';
import type { Store } from '../src/core/store.ts';
import { teamSchema } from '../src/core/team.ts';
import { loadCatalogue } from '../src/observers/catalogue.ts';
import { createProjector } from '../src/observers/projector.ts';
import { createRuns, newRunId, type Runs } from '../src/runs/runs.ts';
import { systemClock } from '../src/system-clock.ts';
import { noApprovals } from '../tests/support/no-approvals.ts';
import { openGate } from '../tests/support/open-gate.ts';
import { plainAudit } from '../tests/support/plain-audit.ts';
import { modelOf, type PeerRun, type PeerSetup, peerMain, type RunResult } from './peer-main.ts';

/** What Slack and Discord let a bot do. */
const EDIT_INTERVAL_MS = 2_000;
/** The provider decides how often an agent answers. */
const MOST_ANSWERS = 100;

async function openStore(variant: string): Promise<Store> {
	if (variant === 'sqlite') {
		const { createSqliteStore } = await import('../src/adapters/stores/sqlite.ts');
		const dataDir = mkdtempSync(join(tmpdir(), 'massgen-bench-'));
		process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }));
		return createSqliteStore({ dataDir, clock: systemClock });
	}
	const { createMemoryStore } = await import('../src/adapters/stores/memory.ts');
	return createMemoryStore();
}

const settingsOf = (model: string, baseUrl: string): BackendSettings => ({
	type: 'openai-compatible',
	provider: 'groq',
	model,
	apiKey: 'sk-bench',
	baseUrl,
	headers: {},
	temperature: null,
	topP: null,
	maxOutputTokens: null,
	reasoning: { effort: null, summary: null },
	verbosity: null,
	webSearch: false,
	codeExecution: false,
	endpoint: { streamUsage: true, requiredToolChoice: true, strictTools: true, maxTokensField: 'max_tokens' },
	rateLimit: { requestsPerMinute: null, tokensPerMinute: null },
	tries: 3,
	idleTimeoutMs: 120_000,
	extra: {},
	script: null,
});

function countingGateway({ posted, boardEdited }: PeerSetup): Gateway {
	let posts = 0;
	return {
		name: 'counter',
		capabilities: {
			editIntervalMs: EDIT_INTERVAL_MS,
			canAsk: false,
			keepsMessages: false,
			maxMessages: Number.POSITIVE_INFINITY,
		},
		start: async () => {},
		render: (message) => [message],
		post: async () => {
			posted();
			posts += 1;
			return String(posts);
		},
		edit: async (_place, _slot, id, { type }) => {
			if (type === 'board') boardEdited();
			return id;
		},
		remove: async () => {},
		standing: async () => ({ kind: 'member', roles: [], name: null }),
		reply: async () => {},
		stop: async () => {},
	};
}

/** What the events of a run say that came of it. */
function resultFrom(events: readonly RunEvent[]): RunResult {
	const all = <Type extends RunEvent['type']>(type: Type) =>
		events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
	const [finished] = all('run_finished');
	if (finished?.outcome !== 'answered') throw new Error(`the run ended ${finished?.outcome ?? 'without an end'}`);
	return {
		answers: all('answer_given').map(({ content }) => content),
		votes: all('vote_closed').flatMap(({ votes }) => votes.map(({ target }) => target)),
		winner: finished.winner ?? '',
		final: finished.answer ?? '',
	};
}

function runOver(runs: Runs, agents: number, show: (publish: RunEvent[]) => (event: RunEvent) => void): PeerRun {
	const members = Array.from({ length: agents }, (_, index) => ({ id: `member${index + 1}`, model: modelOf(index) }));
	const team = teamSchema.parse({ name: 'bench', members, rules: { answerLimit: MOST_ANSWERS } });
	return async (question) => {
		const lasting: RunEvent[] = [];
		const audience = { canAsk: false, publish: show(lasting) };
		const id = newRunId(Date.now());
		const request = {
			id,
			session: 'bench:local:c:t',
			question,
			retryOf: null,
			history: [],
			digest: null,
			team,
			showing: plainShowing,
			attachments: [],
			requester: null,
			files: null,
		};
		const run = await runs.start(request, audience);
		await run.done;
		return resultFrom(lasting);
	};
}

await peerMain(async (setup: PeerSetup) => {
	const { baseUrl, agents, variant } = setup;
	const store = await openStore(variant);
	const clock = systemClock;
	// A draw at the top of its range shuffles nothing: the first member is agent1, as in the other programs.
	const random = () => 1 - Number.EPSILON;
	const services: BackendServices = { clock, random, limits: createRateLimits(clock) };
	const backends = new Map<string, Backend>();
	for (let index = 0; index < agents; index += 1) {
		const model = modelOf(index);
		backends.set(model, await createOpenAICompatibleBackend(settingsOf(model, baseUrl), services));
	}
	const prices = { cost: () => null };
	const runs = createRuns({
		approvals: noApprovals,
		audit: plainAudit(store),
		store,
		clock,
		random,
		agentsOf: async ({ members }) =>
			new Map(
				members.flatMap(({ id, model }): [string, Agent][] => {
					const backend = backends.get(model);
					if (backend === undefined) return [];
					return [
						[id, createModelAgent({ gate: openGate, id, systemMessage: '', backend, toolsets: [], prices, clock })],
					];
				}),
			),
	});
	const say = await loadCatalogue('en');
	const gateway = countingGateway(setup);
	return runOver(runs, agents, (lasting) => {
		const projector = createProjector({
			gateway,
			place: { session: 'bench:local:c:t', run: null },
			clock,
			say,
			verbosity: 'normal',
			records: null,
			onProblem: (text) => {
				throw new Error(text);
			},
		});
		return (event) => {
			if ('seq' in event) lasting.push(event);
			projector.handle(event);
		};
	});
});
