import { createOpenAI } from '@ai-sdk/openai';
import { ToolLoopAgent } from 'ai';

const openai = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1' });

/** Without tools, so nobody has to be asked. `toolApproval: {name: 'user-approval'}` would make a tool wait for a card. */
export const agent = new ToolLoopAgent({
	model: openai(process.env.OPENAI_MODEL ?? 'gpt-5.4-mini'),
	instructions: 'You look for the strongest objection before you answer.',
});
