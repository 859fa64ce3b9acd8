import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { GatewayHost } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { parseInput } from '../shared/parse-input.ts';
import { Refusal } from '../shared/refusal.ts';
import { requestId } from '../shared/request-id.ts';
import type { ThreadCache } from '../shared/thread-cache.ts';
import { askOptions } from './ask-options.ts';
import { askingLimit } from './asking-limit.ts';
import { commandOf } from './command-of.ts';
import { newThread, sessionOf, THREAD_ID, threadOf } from './page-session.ts';
import { person } from './person.ts';
import type { Submissions } from './submissions.ts';

export interface ThreadRouteOptions {
	host: GatewayHost;
	threads: ThreadCache;
	submissions: Submissions;
	say: Say;
}

const pageSchema = z.object({
	limit: z.coerce.number().int().min(1).max(100).default(30),
	before: z.string().regex(THREAD_ID).optional(),
});

/** The list of threads, and the question that begins one. Paths are below `/api`. */
export function addThreadRoutes(api: FastifyInstance, { host, threads, submissions, say }: ThreadRouteOptions): void {
	api.get('/threads', async ({ query }) => {
		const { limit, before } = parseInput(pageSchema, query, say);
		const last = before === undefined ? null : sessionOf(before);
		const page = last === null ? { limit } : { limit, before: last };
		const found = await host.threads(person.platform, person.tenant, page);
		return { threads: found.map(({ session, ...summary }) => ({ id: threadOf(session), ...summary })) };
	});

	api.post('/threads', askingLimit, async (request, reply) => {
		const given = askOptions(request.body, say);
		const id = requestId(request, say);
		const thread = newThread(id);
		const session = sessionOf(thread) ?? '';
		const said = await submissions.submit(commandOf(id, session, 'ask', given));
		// The bot refuses by saying why and showing nothing.
		if (await threads.has(session)) return reply.code(201).send({ id: thread });
		throw new Refusal(400, 'refused', said.join('\n') || say('web.not_begun'));
	});
}
