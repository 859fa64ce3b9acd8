import type { Agent } from '../../src/core/agent.ts';
import { actingAgent, hang, ordinaryOutcome } from './acting-agent.ts';

/** An agent that waits with its first answer until it is let go, question by question. */
export function gatedAgent(): Agent & {
	turns: { question: string; history: readonly unknown[]; kind: string }[];
	open(question: string): void;
} {
	const gates = new Map<string, PromiseWithResolvers<void>>();
	const gate = (question: string) => {
		const known = gates.get(question) ?? Promise.withResolvers<void>();
		gates.set(question, known);
		return known;
	};
	const agent = actingAgent('a', async function* (turn, signal) {
		if (turn.kind === 'answer') {
			const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
			await Promise.race([gate(turn.question).promise, stopped]);
		}
		if (signal.aborted) yield* hang(signal);
		else yield ordinaryOutcome(turn, `a to ${turn.question}`);
	});
	return { ...agent, open: (question) => gate(question).resolve() };
}
