import type { RunEvent } from './run-event.ts';

export interface TurnEnding {
	agent: string;
	outcome: 'answered' | 'refused' | 'voted' | 'presented' | 'reviewed' | 'aborted' | 'failed';
	/** Why it failed; null: it did not. */
	failure: string | null;
}

/** How a turn ended, by the event that says so; null: the event ends none. */
export function turnEndingOf(event: RunEvent): TurnEnding | null {
	switch (event.type) {
		case 'answer_given':
			return { agent: event.agent, outcome: 'answered', failure: null };
		case 'answer_refused':
			return { agent: event.agent, outcome: 'refused', failure: null };
		case 'vote_cast':
			return { agent: event.agent, outcome: 'voted', failure: null };
		case 'presented':
			return { agent: event.agent, outcome: 'presented', failure: null };
		case 'reviewed':
			return { agent: event.agent, outcome: 'reviewed', failure: null };
		case 'turn_aborted':
			return { agent: event.agent, outcome: 'aborted', failure: null };
		case 'agent_failed':
			return { agent: event.agent, outcome: 'failed', failure: event.code };
		default:
			return null;
	}
}
