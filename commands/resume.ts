import { z } from 'zod';
import type { Command } from '../src/core/command.ts';

const options = z.strictObject({ run: z.string().min(1).optional() });

/** Takes up an interrupted run; without an id, the latest of them. Whoever may use it sees any run, so not in chat. */
export const resume: Command<typeof options> = {
	name: 'resume',
	permission: 'run:start',
	reach: 'terminal',
	options,
	async run({ run }, bot, { session }) {
		await bot.resume(run ?? null, session);
	},
};
