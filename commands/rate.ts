import { z } from 'zod';
import type { Command } from '../src/core/command.ts';

const options = z.strictObject({ verdict: z.enum(['good', 'bad']), run: z.string().min(1).optional() });

/** `/massgen rate`: whether the answer of this thread's latest run was of use. */
export const rate: Command<typeof options> = {
	name: 'rate',
	permission: 'run:read',
	reach: 'everywhere',
	options,
	async run({ verdict, run }, bot, { session, principal, say, reply }) {
		const kept = await bot.rate({ session, run: run ?? null, principal, verdict });
		await reply(say(kept ? `rate.${verdict}` : 'rate.nothing'));
	},
};
