import { createHash } from 'node:crypto';
import { z } from 'zod';
import { personSchema } from '../core/approval.ts';
import { attachmentSchema } from '../core/attachment.ts';
import { plainShowing, showingSchema } from '../core/run.ts';
import type { Store } from '../core/store.ts';

const waitingSchema = z.object({
	id: z.string(),
	question: z.string(),
	/** A team's name; null: the default team of the moment it starts. */
	team: z.string().nullable(),
	quick: z.boolean(),
	retryOf: z.string().nullable(),
	askedAt: z.number().int(),
	showing: showingSchema.default(plainShowing),
	/** Whose question it is; null: not known. */
	requester: personSchema.nullable().default(null),
	attachments: z.array(attachmentSchema).default([]),
});
/** A question that a session has taken and not yet begun. */
export type Waiting = z.infer<typeof waitingSchema>;

export const sessionRecordSchema = z.object({
	session: z.string(),
	/** The first question, at most 200 characters. */
	title: z.string(),
	/** Milliseconds since the epoch. */
	startedAt: z.number().int(),
	/** Its key among the threads of its platform. */
	threadKey: z.string(),
	/** In the order in which they began. */
	/** `asked`: the id of its question; null: from before ids were kept. */
	runs: z.array(
		z.object({ run: z.string(), retryOf: z.string().nullable(), asked: z.string().nullable().default(null) }),
	),
	/** The run that was begun last and whose end has not been dealt with; null: idle. */
	active: z.string().nullable(),
	waiting: z.array(waitingSchema),
});
/** A conversation: its runs in order, the one that is going, and what waits behind it. */
export type SessionRecord = z.infer<typeof sessionRecordSchema>;

/** Conversations by `sessionKey`. */
export const SESSIONS = 'session';
/** What people think of runs: `<run>:<who>`. */
export const RATINGS = 'rating';
/** Conversations by `threadKeyOf`. */
export const THREADS = 'thread';

/** Version 0: there is none. */
export async function readSession(
	store: Store,
	session: string,
): Promise<{ record: SessionRecord | null; version: number }> {
	const found = await store.get(SESSIONS, sessionKey(session));
	if (found === null) return { record: null, version: 0 };
	return { record: sessionRecordSchema.parse(found.value), version: found.version };
}

/** Longest key of the store, in characters. */
const KEY_LIMIT = 200;

/** The store's key of a session; a session id that is too long for one is hashed. */
export function sessionKey(session: string): string {
	return session.length <= KEY_LIMIT ? session : `sha256-${createHash('sha256').update(session).digest('hex')}`;
}

/** Keys of one platform's threads begin so. What other systems ask over HTTP is listed among the page's own. */
export function threadPrefix(platform: string, tenant: string): string {
	const listed = platform === 'api' ? 'web' : platform;
	return `${encodeURIComponent(listed)}:${encodeURIComponent(tenant)}:`.slice(0, KEY_LIMIT - 40);
}

/** Sorts newest first: the store lists keys in ascending order. */
export function threadKeyOf(prefix: string, startedAt: number, session: string): string {
	const newestFirst = String(9_999_999_999_999 - startedAt).padStart(13, '0');
	return `${prefix}${newestFirst}:${createHash('sha256').update(session).digest('hex').slice(0, 16)}`;
}

/**
 * The runs that a follow-up builds on: a run that was put again is replaced by its retry. With `before`, only
 * what came before that run.
 */
export function lineage(record: SessionRecord, before: string | null): string[] {
	const end = before === null ? record.runs.length : record.runs.findIndex(({ run }) => run === before);
	const counted = record.runs.slice(0, Math.max(0, end));
	const replaced = new Set(counted.map(({ retryOf }) => retryOf));
	return counted.flatMap(({ run }) => (replaced.has(run) ? [] : [run]));
}
