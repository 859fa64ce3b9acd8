import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { KeptFiles } from '../../../core/kept-files.ts';
import type { LiveThread } from '../shared/live-thread.ts';
import { parseInput } from '../shared/parse-input.ts';
import { Refusal } from '../shared/refusal.ts';
import { attachmentNamed } from './attachment-name.ts';
import { sessionOf } from './page-session.ts';
import type { ThreadRouteOptions } from './thread-routes.ts';

type KeptFile = KeptFiles['listed'][number];

const paramsSchema = z.object({ id: z.string(), file: z.string() });
const querySchema = z.object({ path: z.string() });

/** The files beside a result, to be downloaded and never shown. The path is below `/api`. */
export function addFileRoute(api: FastifyInstance, { host, threads, say }: ThreadRouteOptions): void {
	api.get('/threads/:id/files/:file', { exposeHeadRoute: false }, async (request, reply) => {
		const { id, file } = parseInput(paramsSchema, request.params, say);
		const { path } = parseInput(querySchema, request.query, say);
		const session = sessionOf(id);
		const find = (thread: LiveThread) => filesOf(thread).find((one) => one.id === file && one.path === path) ?? null;
		const found = session === null ? null : await threads.open(session, find);
		const bytes = found === null ? null : await host.keptFile(found.id);
		if (found === null || bytes === null) throw new Refusal(404, 'file_unknown', say('web.file_unknown'));
		return reply
			.header('content-disposition', attachmentNamed(found.path))
			.type('application/octet-stream')
			.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
	});
}

/** A file is known only where a result of the thread lists it. */
function filesOf(thread: LiveThread): readonly KeptFile[] {
	return [...thread.slots().values()].flatMap(({ message }) =>
		message.type === 'final' ? (message.files?.listed ?? []) : [],
	);
}
