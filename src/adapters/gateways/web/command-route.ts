import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readCommand } from '../shared/command-text.ts';
import { parseInput } from '../shared/parse-input.ts';
import { Refusal } from '../shared/refusal.ts';
import { requestId } from '../shared/request-id.ts';
import { askingLimit } from './asking-limit.ts';
import { commandOf } from './command-of.ts';
import { sessionOf, WHOLE_PAGE } from './page-session.ts';
import type { ThreadRouteOptions } from './thread-routes.ts';

/** `thread`: left out, it is about all of the page. */
const commandSchema = z.object({ text: z.string().max(5_000), thread: z.string().nullish() });

/** A command as it is typed after `/massgen`; what is none gets the list of those there are. The path is below `/api`. */
export function addCommandRoute(api: FastifyInstance, { host, threads, submissions, say }: ThreadRouteOptions): void {
	api.post('/commands', askingLimit, async (request) => {
		const { text, thread } = parseInput(commandSchema, request.body, say);
		const session = sessionOf(thread ?? WHOLE_PAGE);
		const isThere = session !== null && (thread === undefined || thread === null || (await threads.has(session)));
		if (!isThere) throw new Refusal(404, 'thread_unknown', say('web.thread_unknown'));
		const read = readCommand(text, host.commands());
		const { name, options } = read === null || read.name === 'ask' ? { name: 'help', options: {} } : read;
		return { said: await submissions.submit(commandOf(requestId(request, say), session, name, options)) };
	});
}
