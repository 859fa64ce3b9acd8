/** The `openai` SDK with coordination written by hand: what a team would write in an afternoon. */
import { OpenAI } from 'openai';
import { chatBody, handRolledRun } from './hand-rolled.ts';
import { peerMain } from './peer-main.ts';

await peerMain(async (setup) => {
	const client = new OpenAI({ baseURL: setup.baseUrl, apiKey: 'sk-bench', maxRetries: 0 });
	return handRolledRun(setup, async (call, onText) => {
		const reply = { text: '', tool: '', arguments: '' };
		for await (const chunk of await client.chat.completions.create(chatBody(call))) {
			const delta = chunk.choices[0]?.delta;
			if (delta?.content) {
				reply.text += delta.content;
				onText(delta.content);
			}
			for (const piece of delta?.tool_calls ?? []) {
				reply.tool ||= piece.function?.name ?? '';
				reply.arguments += piece.function?.arguments ?? '';
			}
		}
		return reply;
	});
});
