import { z } from 'zod';

const characters = z.number().int().nonnegative();

/** One exchange of an earlier run in the same session, as agents are told of it. */
export const exchangeSchema = z.object({
	question: z.string(),
	answer: z.string(),
	/** How long both were; set where one of them is only its beginning here. */
	full: z.object({ question: characters, answer: characters }).optional(),
});
export type Exchange = z.infer<typeof exchangeSchema>;

/** What a model has kept of the first exchanges of a session. */
export const digestSchema = z.object({
	text: z.string(),
	/** How many of the exchanges it sums up. */
	covers: z.number().int().positive(),
});
export type Digest = z.infer<typeof digestSchema>;
