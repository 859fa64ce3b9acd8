import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { Say } from '../../../core/say.ts';
import { parseInput } from './parse-input.ts';

/** What a client may name a request by, so that it is done once however often it is sent. */
const keySchema = z.string().regex(/^[\w.:-]{1,128}$/);

/** The request's `Idempotency-Key`, or an id of its own. */
export function requestId({ headers }: { headers: IncomingHttpHeaders }, say: Say): string {
	const key = headers['idempotency-key'];
	return key === undefined ? randomUUID() : parseInput(keySchema, key, say);
}
