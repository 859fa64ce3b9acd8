import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BotError, type ErrorCode, messageOf } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import { Refusal } from '../shared/refusal.ts';

const ASKERS_FAULT: ReadonlySet<ErrorCode> = new Set(['input_invalid', 'team_unknown', 'run_unknown']);

/** Answers refusals, broken requests and unknown addresses; what is nobody's fault goes to `onProblem` too. */
export function addErrorReplies(app: FastifyInstance, say: Say, onProblem: (text: string) => void): void {
	app.setErrorHandler((error: FastifyError | Refusal | BotError, _request, reply) => {
		const refusal = refusalOf(error, say);
		if (refusal !== error && refusal.status >= 500) onProblem(say('web.problem', { reason: messageOf(error) }));
		return answer(reply, refusal);
	});
	app.setNotFoundHandler((request, reply) => {
		const sentence = say('web.not_found');
		if (!wantsPage(request)) return answer(reply, new Refusal(404, 'not_found', sentence));
		return reply
			.code(404)
			.type('text/html; charset=utf-8')
			.send(pageOf(sentence, say('web.not_found_link')));
	});
}

function answer(reply: FastifyReply, { status, code, message }: Refusal): FastifyReply {
	return reply.code(status).header('cache-control', 'no-store').send({ error: { code, message } });
}

function refusalOf(error: FastifyError | Refusal | BotError, say: Say): Refusal {
	if (error instanceof Refusal) return error;
	if (error instanceof BotError && error.code !== 'bug') {
		return new Refusal(ASKERS_FAULT.has(error.code) ? 400 : 503, error.code, error.userMessage);
	}
	const status = error instanceof BotError ? 500 : (error.statusCode ?? 500);
	if (status < 400 || status >= 500) return new Refusal(500, 'internal', say('web.internal'));
	// Folders and paths that lead out of the page's own.
	if (status === 403 || status === 404) return new Refusal(404, 'not_found', say('web.not_found'));
	if (status === 413) return new Refusal(413, 'too_large', say('web.too_large'));
	if (status === 415) return new Refusal(415, 'not_json', say('web.not_json'));
	return new Refusal(status, 'input_invalid', say('web.input_invalid', { reason: messageOf(error) }));
}

const wantsPage = ({ url, headers }: FastifyRequest) =>
	!url.startsWith('/api/') && (headers.accept ?? '').includes('text/html');

const pageOf = (sentence: string, link: string) =>
	`<!doctype html><meta charset="utf-8"><title>404</title><p>${escaped(sentence)}</p><p><a href="/">${escaped(link)}</a></p>\n`;

const escaped = (text: string) => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
