import { z } from 'zod';
import type { Say } from '../../../core/say.ts';
import { parseInput } from '../shared/parse-input.ts';

const questionSchema = z.object({
	question: z.string(),
	team: z.string().nullish(),
	quick: z.boolean().nullish(),
});

/** The options of `ask` in a request; what was left out stays out, so that the command's own defaults hold. */
export function askOptions(body: unknown, say: Say): Record<string, unknown> {
	const { question, team, quick } = parseInput(questionSchema, body, say);
	const named = team === undefined || team === null || team === '' ? {} : { team };
	return { question, ...named, ...(typeof quick === 'boolean' ? { quick } : {}) };
}
