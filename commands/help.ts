import { z } from 'zod';
import type { Command } from '../src/core/command.ts';

const options = z.strictObject({});

/** `/massgen help`: what can be asked for. */
export const help: Command<typeof options> = {
	name: 'help',
	permission: 'team:read',
	reach: 'everywhere',
	options,
	async run(_, _bot, { commands, say, reply }) {
		const lines = commands.map(({ name }) => say('help.row', { name, about: say(`command.${name}`) }));
		await reply([say('help.heading'), ...lines, say('help.more')].join('\n'));
	},
};
