import { z } from 'zod';

/** How many files of a folder are listed beside it. */
export const LISTED_FILES = 20;

/** The files of an agent's folder as they were at one moment: kept by content, so the same files have the same id. */
export const keptFilesSchema = z.object({
	/** Names all of it. */
	id: z.string(),
	count: z.number().int().nonnegative(),
	bytes: z.number().int().nonnegative(),
	/** In the order of their paths, at most `LISTED_FILES`; `id` names the content. */
	listed: z.array(z.object({ path: z.string(), bytes: z.number().int().nonnegative(), id: z.string() })),
});
export type KeptFiles = z.infer<typeof keptFilesSchema>;
