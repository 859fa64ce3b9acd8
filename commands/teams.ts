import { z } from 'zod';
import type { Command } from '../src/core/command.ts';

const options = z.strictObject({});

/** `/massgen teams`: who can be asked. */
export const teams: Command<typeof options> = {
	name: 'teams',
	permission: 'team:read',
	reach: 'everywhere',
	options,
	async run(_, bot, { say, reply }) {
		const { teams: known, notes } = await bot.teams();
		const lines = known.map(({ name, description, members }, index) => {
			const models = members.map(({ model }) => model).join(', ');
			return say(index === 0 ? 'teams.default' : 'teams.row', { name, description, models });
		});
		await reply([...(lines.length === 0 ? [say('teams.none')] : lines), ...notes].join('\n'));
	},
};
