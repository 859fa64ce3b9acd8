import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApprovalDecision, ApprovalItem } from '../../../core/approval.ts';
import type { Inbound, ThreadMessage } from '../../../core/gateway.ts';
import { parseInput } from '../shared/parse-input.ts';
import { Refusal } from '../shared/refusal.ts';
import { requestId } from '../shared/request-id.ts';
import { sessionOf } from './page-session.ts';
import { person } from './person.ts';
import type { SignIn } from './sign-in.ts';
import type { ThreadRouteOptions } from './thread-routes.ts';

/** Longest reason of a denial, in characters; the agent reads it. */
const MAX_REASON = 2_000;

const verdictSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('approve'), forRun: z.boolean() }),
	z.object({ type: z.literal('deny'), reason: z.string().max(MAX_REASON).nullable() }),
	z.object({ type: z.literal('edit'), arguments: z.string() }),
	z.object({ type: z.literal('outcome'), outcome: z.enum(['happened', 'again', 'abandon']) }),
]);

/** One call at a time, in the revision that was seen: what is decided is what was on the page. */
const decisionSchema = z.object({
	approval: z.string(),
	callId: z.string(),
	revision: z.number().int().positive(),
	verdict: verdictSchema,
	/** For a critical call: the name of its tool, typed. */
	confirm: z.string().optional(),
	/** For a critical call where the page has a token: the token once more. */
	token: z.string().optional(),
});

/** What a person decides about a call that waits. The path is below `/api`. */
export function addDecisionRoute(
	api: FastifyInstance,
	{ threads, submissions, signIn, say }: ThreadRouteOptions & { signIn: SignIn },
): void {
	/** Only what is shown in the thread can be decided there. */
	const itemIn = async (session: string | null, { approval, callId }: { approval: string; callId: string }) => {
		const found =
			session === null
				? null
				: await threads.open(session, (thread) =>
						itemOf(
							[...thread.slots().values()].map(({ message }) => message),
							approval,
							callId,
						),
					);
		if (session === null || found === null) throw new Refusal(404, 'approval_unknown', say('web.approval_unknown'));
		return { session, item: found };
	};

	api.post('/threads/:id/decision', async (request, reply) => {
		const { confirm, token, ...decision } = parseInput(decisionSchema, request.body, say);
		const { id: thread } = parseInput(z.object({ id: z.string() }), request.params, say);
		const { session, item } = await itemIn(sessionOf(thread), decision);
		if (item.risk === 'critical' && letsRun(decision.verdict)) {
			if (confirm !== item.tool) throw new Refusal(403, 'confirm_needed', say('web.confirm_needed'));
			if (signIn.enter(token ?? '') === null) throw new Refusal(403, 'wrong_token', say('web.wrong_token'));
		}
		const id = requestId(request, say);
		const inbound: Inbound = { type: 'decision', id, principal: person, session, decision, via: 'page' };
		return reply.code(202).send({ said: await submissions.submit(inbound) });
	});
}

const letsRun = (verdict: ApprovalDecision['verdict']): boolean =>
	verdict.type === 'approve' || (verdict.type === 'outcome' && verdict.outcome === 'again');

function itemOf(messages: readonly ThreadMessage[], approval: string, callId: string): ApprovalItem | null {
	const card = messages.find((message) => message.type === 'approval' && message.approval.id === approval);
	if (card?.type !== 'approval') return null;
	return card.approval.items.find((item) => item.callId === callId) ?? null;
}
