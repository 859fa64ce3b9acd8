import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientSession, threadNamed } from '../shared/client-session.ts';
import { Refusal } from '../shared/refusal.ts';
import { requestId } from '../shared/request-id.ts';
import { type ChatHead, completionOf, errorBody } from './chat-bodies.ts';
import { type ChatRequest, readChatRequest } from './chat-request.ts';
import { createChatStream } from './chat-stream.ts';
import { clientLimit } from './limits.ts';
import type { ServedParts } from './parts.ts';
import type { Question, Taken } from './questions.ts';
import { refusalOf } from './refusal-of.ts';
import { type RunState, reasonsOf } from './run-state.ts';

/** Teams as models, at `/v1`. */
export function addOpenAiRoutes(app: FastifyInstance, parts: ServedParts): void {
	const { clients, questions, host, clock, say } = parts;

	const teamKnown = async ({ model, team }: ChatRequest): Promise<void> => {
		const { teams } = await host().teams();
		if (team === null || teams.some(({ name }) => name === team)) return;
		const known = teams.map(({ name }) => `massgen/${name}`).join(', ');
		throw new Refusal(404, 'model_not_found', say('served.model_unknown', { model, known }));
	};

	const taken = async (request: FastifyRequest, asked: ChatRequest): Promise<Taken> => {
		const client = clients.of(request);
		await teamKnown(asked);
		const id = requestId(request, say);
		const session = clientSession(
			client.name,
			threadNamed(asked.session === null ? `once ${id}` : `named ${asked.session}`),
		);
		const question: Question = { client, session, id, text: asked.question, team: asked.team };
		await questions.ask(question);
		return question;
	};

	app.get('/models', async () => {
		const { teams } = await host().teams();
		const model = (id: string, description: string) => ({
			...{ id, object: 'model', created: 0, owned_by: 'massgen', description },
		});
		const named = teams.map(({ name, description }) => model(`massgen/${name}`, description));
		return { object: 'list', data: [model('massgen', teams[0]?.description ?? ''), ...named] };
	});

	app.post('/chat/completions', clientLimit(clients), async (request, reply) => {
		const asked = readChatRequest(request.body, say);
		const question = await taken(request, asked);
		const created = Math.floor(clock.now() / 1000);
		const head = { id: `chatcmpl-${randomUUID()}`, created, model: asked.model };
		return answer({ question, asked, head, reply }, parts);
	});
}

interface Answering {
	question: Taken;
	asked: ChatRequest;
	head: ChatHead;
	reply: FastifyReply;
}

/** Answers while the client is there; when it leaves, the run is stopped. */
async function answer({ question, asked, head, reply }: Answering, parts: ServedParts): Promise<FastifyReply> {
	const { questions } = parts;
	const url = parts.linkTo(question.session);
	const gone = new AbortController();
	const out = reply.raw;
	const left = () => {
		// Nobody reads this any more.
		if (!out.writableEnded) gone.abort(new Refusal(499, 'gone', 'the client has left'));
	};
	out.on('close', left);
	if (out.closed) left();
	const leave = (thrown: unknown): never => {
		if (gone.signal.aborted) void questions.abandon(question);
		throw thrown;
	};
	if (!asked.isStreamed) {
		const state = await questions.follow(question, () => {}, gone.signal).catch(leave);
		const failure = failureOf(state, parts);
		// The run has been paid for: asking again is for people to decide.
		if (failure !== null) reply.header('x-should-retry', 'false');
		if (failure !== null) throw failure;
		return reply.send(completionOf(head, state, url));
	}
	reply.hijack();
	const { clock } = parts;
	const headers = Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
	const stream = createChatStream(out, head, { clock, withUsage: asked.withUsage, headers });
	try {
		const state = await questions.follow(question, stream.tell, gone.signal).catch(leave);
		const failure = failureOf(state, parts);
		if (failure === null) stream.finish(state, url);
		else stream.fail(errorBody(failure.status, failure.code, failure.message));
	} catch (thrown) {
		const { status, code, message } = refusalOf(thrown, parts);
		stream.fail(errorBody(status, code, message));
	}
	return reply;
}

/** Why a finished run has no answer; null: it has one. */
function failureOf(state: RunState, { say }: ServedParts): Refusal | null {
	const outcome = state.result?.outcome;
	if (outcome === 'stopped') return new Refusal(409, 'stopped', say('served.stopped'));
	if (outcome !== 'failed') return null;
	return new Refusal(502, 'no_answer', say('served.failed', { reasons: reasonsOf(state) }));
}
