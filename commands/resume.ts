import { z } from 'zod';
import type { Command } from '../src/core/command.ts';

const options = z.strictObject({ run: z.string().min(1).optional() });

/** `/massgen resume`: takes up an interrupted run; without an id, the latest of them. */
export const resume: Command<typeof options> = {
	name: 'resume',
	description: 'Continue a run that was interrupted',
	permission: 'run.create',
	options,
	async run({ run }, bot, { session }) {
		await bot.resume(run ?? null, session);
	},
};
