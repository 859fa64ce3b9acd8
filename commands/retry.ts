import { z } from 'zod';
import type { Command } from '../src/core/command.ts';

const options = z.strictObject({ run: z.string().min(1).optional() });

/** `/massgen retry`: puts the question of a finished run again; without an id, that of the thread's latest. */
export const retry: Command<typeof options> = {
	name: 'retry',
	permission: 'run:start',
	reach: 'everywhere',
	options,
	async run({ run }, bot, { id, session, principal, locale, say, reply }) {
		const asked = await bot.retry({ id, session, run: run ?? null, principal, locale });
		if (asked.type === 'queued') await reply(say('queue.position', { position: asked.position }));
	},
};
