import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Inbound } from '../../../core/gateway.ts';
import { parseInput } from '../shared/parse-input.ts';
import { Refusal } from '../shared/refusal.ts';
import { requestId } from '../shared/request-id.ts';
import { askOptions } from './ask-options.ts';
import { askingLimit } from './asking-limit.ts';
import { commandOf } from './command-of.ts';
import { sessionOf } from './page-session.ts';
import { person } from './person.ts';
import type { ThreadRouteOptions } from './thread-routes.ts';

const idSchema = z.object({ id: z.string() });
const retrySchema = z.object({ run: z.string() });
const choiceSchema = z.object({ run: z.string(), orchestration: z.number().int().positive(), agent: z.string() });

/** What a person may do in a thread that there is. Paths are below `/api`. */
export function addActionRoutes(api: FastifyInstance, { threads, submissions, say }: ThreadRouteOptions): void {
	const knownSession = async ({ params }: FastifyRequest): Promise<string> => {
		const session = sessionOf(parseInput(idSchema, params, say).id);
		if (session !== null && (await threads.has(session))) return session;
		throw new Refusal(404, 'thread_unknown', say('web.thread_unknown'));
	};

	const inThread = async (request: FastifyRequest, inboundOf: (id: string, session: string) => Inbound) => {
		const id = requestId(request, say);
		return { said: await submissions.submit(inboundOf(id, await knownSession(request))) };
	};

	api.post('/threads/:id/questions', askingLimit, async (request, reply) => {
		const given = askOptions(request.body, say);
		return reply.code(202).send(await inThread(request, (id, session) => commandOf(id, session, 'ask', given)));
	});

	api.post('/threads/:id/stop', async (request, reply) =>
		reply.code(202).send(await inThread(request, (id, session) => commandOf(id, session, 'stop', {}))),
	);

	api.post('/threads/:id/retry', askingLimit, async (request, reply) => {
		const given = parseInput(retrySchema, request.body, say);
		return reply.code(202).send(await inThread(request, (id, session) => commandOf(id, session, 'retry', given)));
	});

	api.post('/threads/:id/choice', async (request, reply) => {
		const choice = parseInput(choiceSchema, request.body, say);
		const inboundOf = (id: string, session: string): Inbound => ({
			type: 'choice',
			id,
			principal: person,
			session,
			...choice,
		});
		return reply.code(202).send(await inThread(request, inboundOf));
	});
}
