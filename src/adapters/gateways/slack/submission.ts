import { z } from 'zod';

/** A form that somebody has filled in and sent, as far as it is read. */
export const submissionSchema = z.object({
	team: z.object({ id: z.string() }),
	user: z.object({ id: z.string() }),
	view: z.object({
		id: z.string(),
		hash: z.string(),
		callback_id: z.string(),
		private_metadata: z.string(),
		state: z.object({ values: z.unknown() }),
	}),
});
