import { z } from 'zod';
import type { Command } from '../src/core/command.ts';
import { verbositySchema } from '../src/core/run.ts';

const options = z.strictObject({
	question: z.string(),
	team: z.string().min(1).optional(),
	quick: z.boolean().default(false),
	verbosity: verbositySchema.default('normal'),
});

/** `/massgen ask`: puts a question to a team. The bot checks the question, the team's name and the files. */
export const ask: Command<typeof options> = {
	name: 'ask',
	permission: 'run:start',
	reach: 'everywhere',
	options,
	async run({ question, team, quick, verbosity }, bot, { id, session, principal, locale, files, say, reply }) {
		const wanted = { question, team: team ?? null, quick, verbosity };
		const asked = await bot.ask({ id, session, principal, ...wanted, locale, files });
		if (asked.type === 'queued') await reply(say('queue.position', { position: asked.position }));
	},
};
