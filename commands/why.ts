import { z } from 'zod';
import type { Command, Why } from '../src/core/command.ts';
import { revealedText } from '../src/core/foreign-text.ts';
import type { Principal } from '../src/core/gateway.ts';
import type { Say } from '../src/core/say.ts';

const options = z.strictObject({ run: z.string().min(1).optional() });

/** `/massgen why`: the votes of this thread's latest run, their reasons, and what it was given of the memory. */
export const why: Command<typeof options> = {
	name: 'why',
	permission: 'run:read',
	reach: 'everywhere',
	options,
	async run({ run }, bot, { session, principal, say, reply }) {
		const found = await bot.why(session, run ?? null);
		if (found === null) return reply(say('why.nothing'));
		const votes = found.tallies.length === 0 ? say('why.no_votes') : textOf(found, say);
		await reply([votes, ...rememberedOf(found, principal, say)].join('\n\n'));
	},
};

/** What the agents were told is remembered, with where it came from; what is somebody's own is shown to them alone. */
function rememberedOf({ memories }: Why, { user }: Principal, say: Say): string[] {
	if (memories.length === 0) return [];
	const rows = memories.map(({ id, text, owner, by, trust, at }) => {
		if (owner === 'user' && by !== user) return say('why.not_yours');
		const origin = `${say(`memory.owner.${owner}`)}, ${say(`memory.trust.${trust}`)}`;
		const date = new Date(at).toISOString().slice(0, 10);
		return say('memory.row', { id: id.slice(0, 8), text: revealedText(text), origin, date });
	});
	return [[say('why.remembered'), ...rows].join('\n')];
}

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
