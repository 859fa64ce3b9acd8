import { z } from 'zod';
import type { Command } from '../src/core/command.ts';

const options = z.strictObject({ run: z.string().min(1).optional() });

/** `/massgen stop`: ends the run of this thread for good, ahead of anything that waits. */
export const stop: Command<typeof options> = {
	name: 'stop',
	permission: 'run:stop',
	reach: 'everywhere',
	options,
	async run({ run }, bot, { session, principal, locale, demand, say, reply }) {
		const allow = async (askedBy: string | null): Promise<void> => {
			if (askedBy !== principal.user) await demand('run:stop-any');
		};
		const stopped = await bot.stop({ session, by: principal.user, allow, run: run ?? null, locale });
		await reply(say(stopped ? 'stop.done' : 'stop.nothing'));
	},
};
