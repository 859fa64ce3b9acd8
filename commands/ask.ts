import { z } from 'zod';
import type { Command } from '../src/core/command.ts';

const options = z.strictObject({
	question: z.string(),
	team: z.string().min(1).optional(),
	quick: z.boolean().default(false),
});

/** `/massgen ask`: puts a question to a team. The bot checks the question and the team's name. */
export const ask: Command<typeof options> = {
	name: 'ask',
	description: 'Put a question to a team of agents',
	permission: 'run.create',
	options,
	async run({ question, team, quick }, bot, { id, session, principal, say, reply }) {
		const asked = await bot.ask({ id, session, principal, question, team: team ?? null, quick });
		if (asked.type === 'queued') await reply(say('queue.position', { position: asked.position }));
	},
};
