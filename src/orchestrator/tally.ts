import type { Closing, State } from './state.ts';

/** Counts the votes of the current epoch. A vote counts while the version it names is its author's latest. */
export function tallyOf(state: State): Pick<Closing, 'tally' | 'votes'> {
	const votes = state.agents.flatMap((voter) => {
		const vote = voter.vote;
		const target = state.agents.find((agent) => agent.id === vote?.target);
		if (vote === null || target?.answer?.version !== vote.version) return [];
		return [{ agent: voter.id, ...vote }];
	});
	const tally = state.agents.flatMap((agent) => {
		if (agent.answer === null) return [];
		const voters = votes.filter((vote) => vote.target === agent.id).map((vote) => vote.agent);
		return [{ agent: agent.id, version: agent.answer.version, votes: voters.length, voters }];
	});
	return { tally: tally.toSorted((a, b) => b.votes - a.votes), votes };
}

/** The agents with the most votes, in registration order; everybody with an answer when nobody voted. */
export function leaders(closing: Pick<Closing, 'tally'>): string[] {
	const most = closing.tally[0]?.votes ?? 0;
	return closing.tally.filter((row) => row.votes === most).map((row) => row.agent);
}

/** Picks among tied agents; `requester` is decided by a person elsewhere and falls back to `order` here. */
export function breakTie(
	state: State,
	tied: readonly string[],
	rule: 'order' | 'earliest' | 'requester',
): string | null {
	if (rule !== 'earliest') return tied[0] ?? null;
	const order = (id: string) =>
		state.agents.find((agent) => agent.id === id)?.answer?.order ?? Number.POSITIVE_INFINITY;
	return tied.toSorted((a, b) => order(a) - order(b))[0] ?? null;
}
