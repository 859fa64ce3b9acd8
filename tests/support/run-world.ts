import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import type { Agent } from '../../src/core/agent.ts';
import type { Recalled } from '../../src/core/memory.ts';
import { plainShowing } from '../../src/core/run.ts';
import type { RunEvent } from '../../src/core/run-event.ts';
import type { Store } from '../../src/core/store.ts';
import { rulesSchema, type Team } from '../../src/core/team.ts';
import { createRuns, newRunId, type Runs } from '../../src/runs/runs.ts';
import { createManualClock } from './manual-clock.ts';
import { noApprovals } from './no-approvals.ts';
import { plainAudit } from './plain-audit.ts';

export function teamOf(ids: readonly string[], rules: Record<string, unknown> = {}): Team {
	return {
		name: 'test',
		description: '',
		members: ids.map((id) => ({ id, model: 'acting-1' })),
		rules: rulesSchema.parse(rules),
	};
}

/** Runs over a store, with agents by id, a manual clock, and unshuffled names (the first member is agent1). */
export function runWorld(
	agents: readonly Agent[],
	options: { store?: Store; clock?: ReturnType<typeof createManualClock> } = {},
) {
	const clock = options.clock ?? createManualClock();
	const store = options.store ?? createMemoryStore();
	const events: RunEvent[] = [];
	const random = () => 0.999;
	const runs: Runs = createRuns({
		approvals: noApprovals,
		audit: plainAudit(store),
		store,
		clock,
		random,
		agentsOf: async () => new Map(agents.map((agent) => [agent.id, agent])),
	});
	const audience = { publish: (event: RunEvent) => void events.push(event), canAsk: false };
	const ask = (team: Team, extra: { canAsk?: boolean; question?: string; memories?: readonly Recalled[] } = {}) =>
		runs.start(
			{
				id: newRunId(clock.now()),
				session: 'test:t:c:1',
				question: extra.question ?? 'Why?',
				retryOf: null,
				history: [],
				digest: null,
				team,
				showing: plainShowing,
				attachments: [],
				requester: null,
				files: null,
				memories: extra.memories ?? [],
			},
			{ ...audience, canAsk: extra.canAsk ?? false },
		);
	const of = <Type extends RunEvent['type']>(type: Type) =>
		events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
	return { runs, store, clock, events, audience, ask, of };
}
