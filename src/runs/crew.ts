import type { Agent } from '../core/agent.ts';
import type { Crew } from './live-run.ts';

/** The agents that `make` makes, at once and whenever they are needed again after a rest. Rejects as `make` does. */
export async function createCrew(make: () => Promise<ReadonlyMap<string, Agent>>): Promise<Crew> {
	let agents: Promise<ReadonlyMap<string, Agent>> | null = make();
	/** What was closed may still be letting go of what the next ones need. */
	let resting: Promise<unknown> = Promise.resolve();
	await agents;
	return {
		async agentOf(id) {
			agents ??= resting.then(make);
			return (await agents).get(id);
		},
		async rest() {
			const there = agents;
			agents = null;
			if (there !== null) resting = Promise.all([resting, there.then(closeAll, () => {})]);
			await resting;
		},
	};
}

const closeAll = (agents: ReadonlyMap<string, Agent>) =>
	Promise.allSettled([...agents.values()].map((agent) => agent.close()));
