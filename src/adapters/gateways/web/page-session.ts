import { createHash } from 'node:crypto';
import { decodeSessionId, encodeSessionId } from '../../../core/session-id.ts';
import { pageNameOf, sessionOnPage } from '../shared/client-session.ts';

const PAGE = { platform: 'web', tenant: 'local', channel: 'page' } as const;

/** The thread part of what concerns the page as a whole. */
export const WHOLE_PAGE = '-';

/** What may name a thread in an address. */
export const THREAD_ID = /^[\w-]{1,80}$/;

/** The session of a thread of the page, or of another system; null when no thread can have this id. */
export function sessionOf(thread: string): string | null {
	const others = sessionOnPage(thread);
	if (others !== null) return others;
	return THREAD_ID.test(thread) ? encodeSessionId({ ...PAGE, thread }) : null;
}

export const threadOf = (session: string): string => pageNameOf(session) ?? decodeSessionId(session).thread;

/** The id of the thread that this request begins. A repeated request gets the same one. */
export const newThread = (requestId: string): string =>
	createHash('sha256').update(`thread ${requestId}`).digest('base64url').slice(0, 22);
