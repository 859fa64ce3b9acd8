import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import { createToolBook } from '../../src/approvals/tool-book.ts';
import { createToolPins } from '../../src/approvals/tool-pins.ts';
import { createBot } from '../../src/bot.ts';
import type { Agent } from '../../src/core/agent.ts';
import { BotError } from '../../src/core/errors.ts';
import type { RunEvent } from '../../src/core/run-event.ts';
import type { Store } from '../../src/core/store.ts';
import type { Team } from '../../src/core/team.ts';
import { createRuns } from '../../src/runs/runs.ts';
import { accessWorld, shippedAccess } from './access.ts';
import { createManualClock } from './manual-clock.ts';
import { noApprovals } from './no-approvals.ts';
import { noPolicy } from './no-policy.ts';
import { plainAudit } from './plain-audit.ts';
import { recordingGateway } from './recording-gateway.ts';
import { teamOf } from './run-world.ts';
import { strictEnglish } from './say.ts';

const say = await strictEnglish();
const { rules } = await shippedAccess();

export const person = { platform: 'test', tenant: 't', user: 'ada', roles: [] };

/** A bot over a store, with agents by id and a gateway that keeps what it is shown. */
export function botWorld(
	agents: readonly Agent[],
	options: { store?: Store; team?: Team; keepsMessages?: boolean; historyLimit?: number; most?: number } = {},
) {
	const clock = createManualClock();
	const store = options.store ?? createMemoryStore();
	const team = options.team ?? teamOf(agents.map((agent) => agent.id));
	const gateway = recordingGateway('test', { keepsMessages: options.keepsMessages ?? false });
	const events: RunEvent[] = [];
	const problems: string[] = [];
	const runs = createRuns({
		approvals: noApprovals,
		audit: plainAudit(store),
		store,
		clock,
		random: () => 0.999,
		agentsOf: async () => new Map(agents.map((agent) => [agent.id, agent])),
	});
	const { roles, audit } = accessWorld({ rules, store, clock });
	const bot = createBot({
		desk: noApprovals,
		policyBook: noPolicy,
		historyLimit: options.historyLimit ?? 40_000,
		limit: { most: options.most ?? 100, isStrained: () => false, onBegun: () => {}, onLine: () => {} },
		store,
		runs,
		clock,
		sayIn: () => say,
		teams: async () => ({ teams: [], notes: [] }),
		tools: createToolBook(createToolPins(store), []),
		roles,
		audit,
		gatewayOf: () => gateway,
		observe: (event) => void events.push(event),
		onProblem: (text) => void problems.push(text),
		onLost: (run, error) => void problems.push(`${run}: ${error}`),
		async teamOf(name) {
			if (name === null || name === team.name) return team;
			throw new BotError('team_unknown', `there is no team ${name}`);
		},
	});
	let asked = 0;
	const ask = (question: string, session = 'test:t:c:1', extra: { team?: string; quick?: boolean } = {}) => {
		asked += 1;
		const { team: name = null, quick = false } = extra;
		const showing = { verbosity: 'normal', locale: null } as const;
		const wanted = { question, team: name, quick, ...showing, files: [] };
		return bot.ask({ id: `ask-${asked}`, session, principal: person, ...wanted });
	};
	const finished = () => events.filter((event) => event.type === 'run_finished');
	return { bot, runs, store, clock, gateway, events, problems, ask, finished };
}
