import { Agent } from '@mastra/core/agent';

/** With tools that have `requireApproval: true` it would need a Mastra with a storage, where it waits for the card. */
export const agent = new Agent({
	id: 'editor',
	name: 'Editor',
	instructions: 'You write as short and as plain as the subject allows.',
	model: {
		id: `openai/${process.env.OPENAI_MODEL ?? 'gpt-5.4-mini'}` as const,
		url: process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
		apiKey: process.env.OPENAI_API_KEY ?? '',
	},
});
