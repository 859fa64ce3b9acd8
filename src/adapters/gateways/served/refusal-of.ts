import type { FastifyError, FastifyReply } from 'fastify';
import { BotError, messageOf } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import { Refusal } from '../shared/refusal.ts';

/** Anything thrown while a client is answered, as what it is told. What is nobody's fault goes to `onProblem` too. */
export function refusalOf(thrown: unknown, { say, onProblem }: { say: Say; onProblem(error: unknown): void }): Refusal {
	if (thrown instanceof Refusal) return thrown;
	const status = (thrown as Partial<FastifyError> | null)?.statusCode ?? 500;
	if (status === 413) return new Refusal(413, 'too_large', say('web.too_large'));
	if (status >= 400 && status < 500) {
		return new Refusal(status, 'input_invalid', say('web.input_invalid', { reason: messageOf(thrown) }));
	}
	onProblem(thrown);
	if (thrown instanceof BotError && thrown.code !== 'bug') return new Refusal(503, thrown.code, thrown.userMessage);
	return new Refusal(500, 'internal', say('web.internal'));
}

/** Answers with a refusal; `body` is its form. */
export function refuse(reply: FastifyReply, { status, retryAfterS }: Refusal, body: unknown): FastifyReply {
	if (retryAfterS !== null) reply.header('retry-after', retryAfterS);
	if (status === 401) reply.header('www-authenticate', 'Bearer');
	return reply.code(status).send(body);
}
