import type { Agent, AgentEvent, Turn } from '../../src/core/agent.ts';
import type { ModelCall } from '../../src/core/usage.ts';

/** One priced model call, so that spend can be checked. */
export const aCall: ModelCall = {
	backend: 'acting',
	model: 'acting-1',
	usage: { inputTokens: 100, cachedInputTokens: 0, outputTokens: 10, reasoningTokens: 0 },
	costMicroUsd: 5,
};

type Act = (turn: Turn, signal: AbortSignal) => AsyncIterable<AgentEvent> | AgentEvent;

/** An agent that does what `act` says; it ends with `aborted` when its signal does. */
export function actingAgent(id: string, act: Act): Agent & { turns: Turn[] } {
	const turns: Turn[] = [];
	return {
		id,
		turns,
		async *run(turn, signal) {
			turns.push(turn);
			const acted = act(turn, signal);
			if ('type' in acted) yield acted;
			else yield* acted;
		},
		async close() {},
	};
}

/** Answers with its id, votes for `target` (an anonymous name) or the first, presents, submits. */
export function ordinaryAct(id: string, target?: string): Act {
	return (turn) => ordinaryOutcome(turn, id, target);
}

export function ordinaryOutcome(turn: Turn, id: string, target?: string): AgentEvent {
	const calls = [aCall];
	switch (turn.kind) {
		case 'answer':
			return { type: 'answered', content: `answer of ${id}`, calls };
		case 'evaluate':
			return { type: 'voted', target: target ?? turn.votable[0] ?? '', reason: 'clear', calls };
		case 'present':
			return { type: 'answered', content: `final by ${id}`, calls };
		case 'review':
			return { type: 'reviewed', verdict: { type: 'submit' }, calls };
	}
}

/** Resolves never; ends with `aborted` when the signal does. */
export async function* hang(signal: AbortSignal): AsyncIterable<AgentEvent> {
	await new Promise<void>((resolve) => {
		if (signal.aborted) resolve();
		signal.addEventListener('abort', () => resolve(), { once: true });
	});
	yield { type: 'failed', code: 'aborted', message: 'aborted', fatal: false, calls: [aCall] };
}
