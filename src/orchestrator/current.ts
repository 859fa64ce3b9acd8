import type { Signal } from '../core/coordination.ts';
import { agentOf, mayAnswer, type State } from './state.ts';

/** Whether the signal is about something that is still in flight. */
export function isCurrent(state: State, signal: Signal): boolean {
	const { phase } = state;
	if (phase.type === 'finished') return false;
	const turnOf = (id: string) => (phase.type === 'coordinating' ? (agentOf(state, id)?.turn ?? null) : null);
	const isPhase = (type: 'presenting' | 'reviewing', id: string, attempt: number) =>
		phase.type === type && phase.agent === id && phase.attempt === attempt;
	switch (signal.type) {
		case 'answered':
		case 'voted':
			return turnOf(signal.agent)?.attempt === signal.attempt;
		case 'writing': {
			const agent = agentOf(state, signal.agent);
			const turn = turnOf(signal.agent);
			if (agent === null || turn?.attempt !== signal.attempt) return false;
			return turn.kind === 'evaluate' && !turn.writing && mayAnswer(state, agent);
		}
		case 'agent_failed':
			return (
				turnOf(signal.agent)?.attempt === signal.attempt ||
				isPhase('presenting', signal.agent, signal.attempt) ||
				isPhase('reviewing', signal.agent, signal.attempt)
			);
		case 'presented':
			return isPhase('presenting', signal.agent, signal.attempt);
		case 'reviewed':
			return isPhase('reviewing', signal.agent, signal.attempt);
		case 'chosen':
			if (phase.type !== 'choosing' || signal.orchestration !== state.orchestration) return false;
			return phase.candidates.includes(signal.agent);
		case 'cancel':
		case 'given_up':
			return true;
		case 'deadline':
			return isDue(state, signal, turnOf);
	}
}

function isDue(
	state: State,
	signal: Signal & { type: 'deadline' },
	turnOf: (id: string) => { attempt: number } | null,
): boolean {
	const { phase } = state;
	const { scope, agent = '', attempt = 0, orchestration = 0 } = signal;
	switch (scope) {
		case 'run':
		case 'budget':
			return state.cut === null || phase.type === 'presenting';
		case 'first_answer':
			return phase.type === 'coordinating' && orchestration === state.orchestration && !state.firstAnswerDue;
		case 'choice':
			return phase.type === 'choosing' && orchestration === state.orchestration;
		case 'presentation':
			return phase.type === 'presenting' && phase.agent === agent && phase.attempt === attempt;
		case 'turn':
			if (phase.type === 'reviewing') return phase.agent === agent && phase.attempt === attempt;
			return turnOf(agent)?.attempt === attempt;
	}
}
