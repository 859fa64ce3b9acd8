import { close } from './ending.ts';
import type { AgentState, State } from './state.ts';

/** Starts every turn that may start and closes the vote when all have voted. */
export function advance(draft: State): void {
	const active = draft.agents.filter((agent) => agent.out === null);
	if (active.length === 0) return close(draft, 'all_failed');
	const answered = draft.agents.some((agent) => agent.answer !== null);
	const late = draft.firstAnswerDue && answered;
	if (late) for (const agent of active) if (agent.turn?.kind === 'answer') agent.turn = null;
	const writing = active.some((agent) => agent.turn?.kind === 'answer' || agent.turn?.writing === true);
	const complete = late || active.every((agent) => agent.answer !== null);
	const evaluate = draft.rules.schedule === 'eager' ? answered : answered && complete && !writing;
	for (const agent of active) {
		if (agent.turn !== null || agent.vote !== null) continue;
		const first = agent.answer === null && !late;
		if (first || evaluate) startTurn(draft, agent, first ? 'answer' : 'evaluate');
	}
	if (active.every((agent) => agent.vote !== null)) close(draft, 'all_voted');
}

function startTurn(draft: State, agent: AgentState, kind: 'answer' | 'evaluate'): void {
	agent.attempts += 1;
	const seen = Object.fromEntries(
		kind === 'answer'
			? []
			: draft.agents.flatMap((other) => (other.answer === null ? [] : [[other.id, other.answer.version]])),
	);
	agent.turn = { attempt: agent.attempts, kind, epoch: draft.epoch, seen, writing: false };
}
