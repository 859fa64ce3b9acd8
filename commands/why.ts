import { z } from 'zod';
import type { Command, Why } from '../src/core/command.ts';
import type { Say } from '../src/core/say.ts';

const options = z.strictObject({ run: z.string().min(1).optional() });

/** `/massgen why`: the votes of this thread's latest run and their reasons. */
export const why: Command<typeof options> = {
	name: 'why',
	permission: 'run:read',
	reach: 'everywhere',
	options,
	async run({ run }, bot, { session, say, reply }) {
		const found = await bot.why(session, run ?? null);
		if (found === null) return reply(say('why.nothing'));
		if (found.tallies.length === 0) return reply(say('why.no_votes'));
		await reply(textOf(found, say));
	},
};

function textOf({ agents, tallies }: Why, say: Say): string {
	const nameOf = (id: string) => {
		const agent = agents.find((one) => one.agent === id);
		return agent === undefined ? id : `${agent.name} (${agent.model})`;
	};
	const texts = tallies.map(({ votes, winner, tie }) => {
		const lines = votes.map(({ agent, target, reason }) => {
			// In one line, so that it cannot look like anything but a reason.
			const given = reason.trim() === '' ? say('tally.no_reason') : reason.replace(/\s+/g, ' ').trim();
			return say('why.vote', { voter: nameOf(agent), choice: nameOf(target), reason: given });
		});
		const rule = tie === null || winner === null ? null : tie;
		const tied = rule?.tied.map(nameOf).join(', ') ?? '';
		const decided = rule === null ? [] : [say(`tally.tie.${rule.rule}`, { tied, winner: nameOf(winner ?? '') })];
		return [...(lines.length === 0 ? [say('tally.none')] : lines), ...decided].join('\n');
	});
	return texts.join('\n\n');
}
