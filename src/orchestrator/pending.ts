import type { State } from './state.ts';

/** Work that a run waits for. */
export type Pending =
	| {
			type: 'start';
			agent: string;
			attempt: number;
			kind: 'answer' | 'evaluate';
			/** Failed turns in a row before this one: the shell backs off by it. */
			failures: number;
	  }
	| { type: 'choose'; candidates: readonly string[]; orchestration: number }
	| { type: 'present'; agent: string; attempt: number; failures: number }
	| { type: 'review'; agent: string; attempt: number };

/** What must be in flight in this state. A run that was interrupted is taken up again by starting all of it. */
export function pending(state: State): Pending[] {
	const { phase } = state;
	switch (phase.type) {
		case 'coordinating':
			return state.agents.flatMap((agent): Pending[] =>
				agent.turn === null
					? []
					: [
							{
								type: 'start',
								agent: agent.id,
								attempt: agent.turn.attempt,
								kind: agent.turn.kind,
								failures: agent.failures,
							},
						],
			);
		case 'choosing':
			return [{ type: 'choose', candidates: phase.candidates, orchestration: state.orchestration }];
		case 'presenting': {
			const failures = state.agents.find((agent) => agent.id === phase.agent)?.failures ?? 0;
			return [{ type: 'present', agent: phase.agent, attempt: phase.attempt, failures }];
		}
		case 'reviewing':
			return [{ type: 'review', agent: phase.agent, attempt: phase.attempt }];
		case 'finished':
			return [];
	}
}

/** One string per piece of work; the same work has the same key in every state. */
export function keyOf(work: Pending): string {
	return work.type === 'choose' ? `choose:${work.orchestration}` : `${work.type}:${work.agent}:${work.attempt}`;
}
