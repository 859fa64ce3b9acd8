import type { Agent } from '../core/agent.ts';
import type { Crew } from './live-run.ts';

/** The agents that `make` makes, at once and whenever they are needed again after a rest. Rejects as `make` does. */
export async function createCrew(make: () => Promise<ReadonlyMap<string, Agent>>): Promise<Crew> {
	let agents: Promise<ReadonlyMap<string, Agent>> | null = make();
	await agents;
	return {
		async agentOf(id) {
			agents ??= make();
			return (await agents).get(id);
		},
		async rest() {
			const resting = agents;
			agents = null;
			const there = [...((await resting) ?? new Map<string, Agent>()).values()];
			await Promise.allSettled(there.map((agent) => agent.close()));
		},
	};
}
