import type { ProviderCall, Reply } from '../platforms/model-provider/reply.ts';

const playerUsage = { input: 1_000, cached: 200, output: 100, reasoning: 20 };

/**
 * What a sensible model does in a team: answers with its own protocol's name, votes for the answer that
 * contains `favourite`, presents in several pieces, submits.
 */
export function teamPlayer(favourite: string): (call: ProviderCall) => Reply {
	return (call) => {
		const offered = new Set(call.tools.map((tool) => tool.name));
		const usage = playerUsage;
		if (offered.has('vote')) {
			const target = authorOf(favourite, call) ?? 'agent1';
			return { usage, toolCalls: [{ name: 'vote', arguments: { agent_id: target, reason: 'It is the clearest.' } }] };
		}
		if (offered.has('new_answer')) {
			return { usage, toolCalls: [{ name: 'new_answer', arguments: { content: `An answer from ${call.protocol}.` } }] };
		}
		if (offered.has('submit')) return { usage, toolCalls: [{ name: 'submit', arguments: { confirmed: true } }] };
		return { usage, text: `The final answer, presented through ${call.protocol}.` };
	};
}

/** The anonymous name over the answer that contains a phrase. */
function authorOf(phrase: string, call: ProviderCall): string | null {
	const prompt = call.messages.map((message) => message.text).join('\n');
	const blocks = prompt.matchAll(/name="(agent\d+)"[^>]*>([\s\S]*?)<\/answer/g);
	for (const [, name = null, content = ''] of blocks) if (content.includes(phrase)) return name;
	return null;
}
