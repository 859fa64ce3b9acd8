import { z } from 'zod';
import type { Command } from '../src/core/command.ts';

const options = z.strictObject({});

/** `/massgen stop`: ends the run of this thread for good, ahead of anything that waits. */
export const stop: Command<typeof options> = {
	name: 'stop',
	description: 'Stop the run of this thread',
	permission: 'run.stop',
	options,
	async run(_, bot, { session, principal, say, reply }) {
		const stopped = await bot.stop(session, principal.user);
		await reply(say(stopped ? 'stop.done' : 'stop.nothing'));
	},
};
