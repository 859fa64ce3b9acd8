import type { z } from 'zod';
import type { Say } from '../../../core/say.ts';
import { Refusal } from './refusal.ts';

/** What a request holds, or the refusal that says what is wrong with it. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown, say: Say): z.output<Schema> {
	const parsed = schema.safeParse(input);
	if (parsed.success) return parsed.data;
	const reason = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
	throw new Refusal(400, 'input_invalid', say('web.input_invalid', { reason }));
}
