import { z } from 'zod';
import type { Command, SessionView } from '../src/core/command.ts';
import { revealedText } from '../src/core/foreign-text.ts';
import { replyParts } from '../src/core/reply-text.ts';
import type { Say } from '../src/core/say.ts';

const options = z.strictObject({});

/** `/massgen sessions`: the threads of this channel, newest first, and where to go on with each. */
export const sessions: Command<typeof options> = {
	name: 'sessions',
	permission: 'run:read',
	reach: 'everywhere',
	options,
	async run(_, bot, { session, principal, say, reply }) {
		const { threads, more } = await bot.threads(session);
		if (threads.length === 0) return reply(say('sessions.none'));
		const rows = threads.map((thread) => rowOf(thread, say));
		const goOn = principal.platform === 'terminal' ? say('sessions.go_on_here') : say('sessions.go_on');
		const text = [say('sessions.heading'), ...rows, ...(more ? [say('sessions.more')] : []), goOn];
		for (const part of replyParts(text.join('\n'))) await reply(part);
	},
};

function rowOf({ session, title, startedAt, state, outcome, runs, waiting, link }: SessionView, say: Say): string {
	const facts = {
		title: revealedText(title.slice(0, 100)).replace(/\s+/g, ' ').trim(),
		state: say(`sessions.state.${state === 'running' ? state : (outcome ?? 'stopped')}`),
		runs: say('sessions.runs', { count: runs }),
		since: new Date(startedAt).toISOString().slice(0, 16),
		where: link ?? session,
	};
	return [say('sessions.row', facts), ...(waiting === 0 ? [] : [say('status.waiting', { count: waiting })])].join(
		' · ',
	);
}
