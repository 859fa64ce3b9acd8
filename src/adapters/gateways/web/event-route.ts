import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../../../core/clock.ts';
import type { Say } from '../../../core/say.ts';
import { parseInput } from '../shared/parse-input.ts';
import { Refusal } from '../shared/refusal.ts';
import type { ThreadCache } from '../shared/thread-cache.ts';
import { type EventStreamOptions, streamEvents } from './event-stream.ts';
import { changeOf } from './event-text.ts';
import type { PageForms } from './page-forms.ts';
import { sessionOf } from './page-session.ts';
import { securityHeaders } from './security-headers.ts';

export interface EventRouteOptions {
	threads: ThreadCache;
	forms: PageForms;
	/** Names this start of the process in event ids. */
	boot: string;
	/** Responses that are open; they leave it when they end. */
	streams: Set<ServerResponse>;
	clock: Clock;
	say: Say;
}

const idSchema = z.object({ id: z.string() });
const lastEventIdSchema = z.string().optional().catch(undefined);

/** A thread as server-sent events, until the reader leaves. The path is below `/api`. */
export function addEventRoute(api: FastifyInstance, options: EventRouteOptions): void {
	const { threads, forms, boot, streams, clock, say } = options;
	api.get('/threads/:id/events', { exposeHeadRoute: false }, async (request, reply) => {
		const session = sessionOf(parseInput(idSchema, request.params, say).id);
		const out = reply.raw;
		const seen = changeOf(lastEventIdSchema.parse(request.headers['last-event-id']), boot);
		const begun =
			session !== null &&
			(await threads.open(session, (thread) => {
				reply.hijack();
				if (out.destroyed || out.socket === null) return true;
				out.writeHead(200, {
					...securityHeaders,
					'content-type': 'text/event-stream; charset=utf-8',
					'cache-control': 'no-store',
					// Reverse proxies must not hold events back.
					'x-accel-buffering': 'no',
				});
				streams.add(out);
				out.on('close', () => streams.delete(out));
				streamEvents({ thread, asked: askedIn(forms, session), out, boot, seen, clock });
				return true;
			}));
		if (!begun) throw new Refusal(404, 'thread_unknown', say('web.thread_unknown'));
	});
}

/** What the person at the page is asked in a session. */
const askedIn = (forms: PageForms, session: string): EventStreamOptions['asked'] => ({
	now: () => forms.within(session),
	watch: (tell) => forms.watch(session, tell),
});
