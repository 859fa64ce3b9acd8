/**
 * Fills a data folder: `node bench/seed-history.ts CONFIG FROM TO` has the team of CONFIG answer the questions FROM
 * to TO - 1 in threads of the page, in the folder that `DATA_DIR` names.
 */
import { createApp } from '../src/app.ts';
import { encodeSessionId } from '../src/core/session-id.ts';

const AT_ONCE = 16;
const common = {
	principal: { platform: 'web', tenant: 'local', user: 'local', roles: [] },
	team: null,
	quick: false,
	verbosity: 'normal',
	locale: null,
	files: [],
} as const;

const [file = '', from = '0', to = '0'] = process.argv.slice(2);
const { cwd, env } = process;
const app = await createApp({
	file,
	flags: {},
	env,
	cwd: cwd(),
	terminal: null,
	web: false,
	chats: false,
	observe: () => {},
	onProblem: (text) => {
		throw new Error(text);
	},
});

let next = Number(from);
const lane = async () => {
	while (next < Number(to)) {
		const thread = `seed-${next++}`;
		const session = encodeSessionId({ platform: 'web', tenant: 'local', channel: 'page', thread });
		const question = `What was ${thread}?`;
		const asked = await app.bot.ask({ ...common, id: thread, session, question });
		if (asked.type === 'started') await app.bot.ended(asked.run);
	}
};
await Promise.all(Array.from({ length: AT_ONCE }, lane));
await app.close();
