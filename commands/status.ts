import { z } from 'zod';
import type { Command, RunStatus } from '../src/core/command.ts';
import type { Say } from '../src/core/say.ts';
import type { PlannedTask, TaskStatus } from '../src/core/task-plan.ts';

const options = z.strictObject({});

/** `/massgen status`: how the run of this thread stands; in a channel, what is running there. */
export const status: Command<typeof options> = {
	name: 'status',
	permission: 'run:read',
	reach: 'everywhere',
	options,
	async run(_, bot, { session, locale, say, reply }) {
		const found = await bot.status(session, locale);
		const texts = found.map((run) => textOf(run, say));
		await reply(texts.length === 0 ? say('status.nothing') : texts.join('\n\n'));
	},
};

/** Signs of a checklist; they need no language. */
const SIGNS: Readonly<Record<TaskStatus, string>> = { pending: '☐', in_progress: '▶', completed: '☑', blocked: '⏸' };

/** Below its agent's row. The description is in one line already, and cannot begin another list or heading here. */
const taskLine = ({ status: is, description }: PlannedTask) => `  - ${SIGNS[is]} ${description}`;

function textOf({ title, team, run, startedAt, finished, rows, waiting }: RunStatus, say: Say): string {
	const outcome = finished === null ? 'running' : finished;
	const lines = rows.flatMap(({ name, model, state, note, plan = [] }) => {
		const why = note === null ? '' : ` (${note})`;
		return [say('status.row', { name, model, state: say(`state.${state}`), why }), ...plan.map(taskLine)];
	});
	return [
		say('status.title', { title }),
		say(`status.${outcome}`, { team, run, since: new Date(startedAt).toISOString() }),
		...lines,
		...(waiting === 0 ? [] : [say('status.waiting', { count: waiting })]),
	].join('\n');
}
