import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Say } from '../../../core/say.ts';
import { parseInput } from '../shared/parse-input.ts';
import { Refusal } from '../shared/refusal.ts';
import type { SignIn } from './sign-in.ts';

const loginSchema = z.object({ token: z.string() });

/** Signing in and out. Nobody may guess faster than ten tokens a minute from one address. */
export function addSignInRoutes(app: FastifyInstance, signIn: SignIn, say: Say): void {
	app.post('/api/login', { config: { rateLimit: { max: 10, timeWindow: 60_000 } } }, async ({ body }, reply) => {
		const cookie = signIn.enter(parseInput(loginSchema, body, say).token);
		if (cookie === null) throw new Refusal(401, 'wrong_token', say('web.wrong_token'));
		return reply.header('set-cookie', cookie).code(204).send();
	});
	app.post('/api/logout', async (_request, reply) => reply.header('set-cookie', signIn.leave()).code(204).send());
}
