import { Agent, tool } from '@openai/agents';
import { z } from 'zod';

const daysBetween = tool({
	name: 'days_between',
	description: 'Counts the days from one date to another.',
	parameters: z.object({ from: z.string().describe('YYYY-MM-DD'), to: z.string().describe('YYYY-MM-DD') }),
	execute: ({ from, to }) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000),
});

/** A tool with `needsApproval: true` would wait for a card; this one does nothing to the world. */
export const agent = new Agent({
	name: 'Planner',
	model: process.env.OPENAI_MODEL ?? 'gpt-5.4-mini',
	instructions: 'You plan, and you check every date.',
	tools: [daysBetween],
});
